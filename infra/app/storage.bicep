@description('Where it is created.')
param location string

@description('Tags of everything.')
param tags object

@description('Makes names unique.')
@minLength(13)
@maxLength(13)
param token string

@description('The identity of the function app.')
param principalId string

@description('Days for which archives are kept.')
param retentionDays int

@description('Where access is logged.')
param workspaceId string

@description('Whether the accounts are closed to the internet: private endpoints lead to them.')
param isIsolated bool

@description('If so: the addresses and ranges from which hosts may upload all the same.')
param uploadFrom string[]

// Storage Blob Data Owner, which the Functions host asks for; its queues and tables; blobs, and reading them.
var blobOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var blobContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var blobReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
var queueContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var tableContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'

// The names are those of the code (Containers, StorageServices); a test holds both together. 'dead' is Event Grid's.
var written = ['incoming', 'archive', 'quarantine', 'alerts', 'matches']
var tableNames = ['Chunks', 'Counts', 'Matches', 'Reports', 'Alerts', 'Deliveries', 'Hosts', 'Operators']

var secured = {
  accessTier: 'Hot'
  allowBlobPublicAccess: false
  allowCrossTenantReplication: false
  allowSharedKeyAccess: false
  defaultToOAuthAuthentication: true
  minimumTlsVersion: 'TLS1_2'
  supportsHttpsTrafficOnly: true
}

// All is said in each case: what is left out stays as it was.
var open = { defaultAction: 'Allow', bypass: 'AzureServices', ipRules: [], virtualNetworkRules: [] }
// Event Grid comes from no address of ours: it brings its dead letters as a service that Azure trusts, by the right to one container.
var narrow = { defaultAction: 'Deny', bypass: 'AzureServices', ipRules: map(uploadFrom, range => { value: range, action: 'Allow' }), virtualNetworkRules: [] }
// Not even 'azd deploy' writes the packages here: the app takes them, and brings them by its endpoint.
var closed = { defaultAction: 'Deny', bypass: 'None', ipRules: [], virtualNetworkRules: [] }

// Two accounts: what the Functions host keeps for itself, and its far wider rights, stay away from the logs.
resource host 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: 'sth${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: union(secured, { publicNetworkAccess: isIsolated ? 'Disabled' : 'Enabled', networkAcls: isIsolated ? closed : open })

  resource blobs 'blobServices' = {
    name: 'default'
    properties: { containerDeleteRetentionPolicy: { enabled: true, days: 7 }, deleteRetentionPolicy: { enabled: true, days: 7 } }

    resource packages 'containers' = {
      name: 'packages'
      properties: { publicAccess: 'None' }
    }
  }
}

resource data 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: 'st${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  // Three zones: what shippers have uploaded they no longer have.
  sku: { name: 'Standard_ZRS' }
  properties: union(secured, { publicNetworkAccess: isIsolated && empty(uploadFrom) ? 'Disabled' : 'Enabled', networkAcls: isIsolated ? narrow : open })

  resource blobs 'blobServices' = {
    name: 'default'
    // A week to undo a mistake. No versions: no name is ever written twice but for an archive that grows.
    properties: { containerDeleteRetentionPolicy: { enabled: true, days: 7 }, deleteRetentionPolicy: { enabled: true, days: 7 } }

    resource containers 'containers' = [for name in written: {
      name: name
      properties: { publicAccess: 'None' }
    }]

    resource rules 'containers' = {
      name: 'rules'
      properties: { publicAccess: 'None' }
    }

    resource dead 'containers' = {
      name: 'dead'
      properties: { publicAccess: 'None' }
    }
  }

  resource tableService 'tableServices' = {
    name: 'default'

    resource tables 'tables' = [for name in tableNames: {
      name: name
    }]
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: [
          {
            name: 'archive'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['archive/'] }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: retentionDays } } }
            }
          }
          {
            // Not 'matches/': they expire with their rows (ExpireRows), which say where they are.
            name: 'aside'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['quarantine/', 'dead/', 'alerts/'] }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 90 } } }
            }
          }
        ]
      }
    }
    dependsOn: [blobs]
  }
}

resource hostRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in [blobOwner, queueContributor, tableContributor]: {
  name: guid(host.id, 'functions', role)
  scope: host
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]

// Each container by itself.
resource containerRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (name, index) in written: {
  name: guid(data.id, name, 'functions', blobContributor)
  scope: data::blobs::containers[index]
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobContributor)
  }
}]

resource rulesRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(data.id, 'rules', 'functions', blobReader)
  scope: data::blobs::rules
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobReader)
  }
}

// The account's: the trigger makes the poison queue here, and the app asks for its tables at each start.
resource dataRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in [queueContributor, tableContributor]: {
  name: guid(data.id, 'functions', role)
  scope: data
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${token}'
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    source: data.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

// For its dead letters.
resource topicRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(data.id, 'dead', topic.id, blobContributor)
  scope: data::blobs::dead
  properties: {
    principalId: topic.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobContributor)
  }
}

// Who has read or deleted logs. Not who wrote them: that is each chunk.
#disable-next-line use-recent-api-versions // the one stable version can't send to a workspace
resource access 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'access'
  scope: data::blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

output hostAccount string = host.name
output dataAccount string = data.name
output packageContainer string = '${host.properties.primaryEndpoints.blob}packages'
output incomingUrl string = '${data.properties.primaryEndpoints.blob}incoming'
output topic string = topic.name
