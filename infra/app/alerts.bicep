// Azure's own alerts, for when LogMonitor can't tell of itself: it does not run, or uploads don't reach it.

@description('Where it is created.')
param location string

@description('Tags of everything.')
param tags object

@description('Makes names unique.')
param token string

@description('Who gets mails.')
param mailTo array

@description('Application Insights.')
param insightsId string

@description('The account with the logs: its only queue is that of uploads which could not be read.')
param dataAccount string

@description('US dollars a month at which Azure warns; 0 for never.')
param budget int

@description('The first day of the month from which the budget counts.')
param budgetStart string

resource data 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: dataAccount

  resource queues 'queueServices' existing = {
    name: 'default'
  }
}

resource people 'Microsoft.Insights/actionGroups@2024-10-01-preview' = {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'LogMonitor'
    emailReceivers: [for (address, index) in mailTo: {
      name: 'mail${index}'
      emailAddress: trim(address)
      useCommonAlertSchema: true
    }]
  }
}

resource poison 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'poison-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Uploads could not be read after several attempts: the queue webjobs-blobtrigger-poison. docs/operations.md says what to do.'
    enabled: true
    severity: 2
    // The metric is the queues', not the account's.
    scopes: [data::queues.id]
    // Storage counts its messages once a day.
    evaluationFrequency: 'PT1H'
    windowSize: 'PT12H'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'messages'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Storage/storageAccounts/queueServices'
          metricName: 'QueueMessageCount'
          timeAggregation: 'Average'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

// A run is a request; which of two columns has the function's name depends on the host's version.
var queries = [
  {
    name: 'failed'
    text: 'Functions of LogMonitor fail: more than ten runs within a quarter of an hour.'
    query: 'requests | where success == false and (name in ("IngestChunk", "EvaluateThresholds", "ReconcileIncoming", "ArchiveLogs", "ExpireRows") or operation_Name in ("IngestChunk", "EvaluateThresholds", "ReconcileIncoming", "ArchiveLogs", "ExpireRows"))'
    operator: 'GreaterThan'
    threshold: 10
  }
  {
    name: 'still'
    text: 'LogMonitor has evaluated nothing for a quarter of an hour: nobody is told of alerts. Or the telemetry of the day is used up (telemetryGigabytesPerDay).'
    query: 'requests | where name == "EvaluateThresholds" or operation_Name == "EvaluateThresholds"'
    operator: 'LessThan'
    threshold: 1
  }
]

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for query in queries: {
  name: '${query.name}-${token}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: query.text
    description: query.text
    enabled: true
    severity: 1
    scopes: [insightsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: query.query
          timeAggregation: 'Count'
          operator: query.operator
          threshold: query.threshold
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}]

resource limit 'Microsoft.Consumption/budgets@2024-08-01' = if (budget > 0) {
  name: 'budget-${token}'
  properties: {
    category: 'Cost'
    amount: budget
    timeGrain: 'Monthly'
    timePeriod: { startDate: budgetStart }
    notifications: {
      spent: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Actual'
        contactEmails: mailTo
        contactGroups: [people.id]
      }
      forecast: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 120
        thresholdType: 'Forecasted'
        contactEmails: mailTo
        contactGroups: [people.id]
      }
    }
  }
}
