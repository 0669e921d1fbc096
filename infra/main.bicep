// All of LogMonitor in Azure: one resource group. Run by 'azd up'; docs/operations.md says what each parameter does.
targetScope = 'subscription'

@description('The name of the azd environment: part of the names of the resource group and the tags.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Where everything is created, such as westeurope. It must offer Flex Consumption.')
@minLength(1)
param location string

@description('Who gets mails about alerts, separated by commas. Also told by Azure when LogMonitor itself does not run.')
@minLength(3)
param mailTo string

@description('The sender of mails: an address, or a domain, that SendGrid knows to be yours.')
@minLength(3)
param mailFrom string

@description('The key of a SendGrid account. Empty: mails are not sent until Smtp__Host is set in extraSettings or a key is given.')
@secure()
param sendGridKey string = ''

@description('Signs the links by which alerts are acknowledged. azd makes it once and keeps it in the key vault.')
@secure()
@minLength(15)
param linkKey string

@description('The application (client) id of an app registration that people sign in by. Empty: the dashboard stays closed, and all else works.')
param signInClientId string = ''

@description('Memory of an instance of the function app, in MB.')
@allowed([
  512
  2048
  4096
])
param instanceMemory int = 512

@description('The most instances at once.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('Days for which archives are kept.')
@minValue(30)
@maxValue(3650)
param retentionDays int = 365

@description('Gigabytes of telemetry a day, at most: what is beyond is dropped.')
@minValue(1)
@maxValue(100)
param telemetryGigabytesPerDay int = 1

@description('US dollars a month at which Azure warns by mail. 0: never.')
@minValue(0)
param budget int = 0

@description('The first day of the month from which the budget counts; it cannot be changed later.')
param budgetStart string = '2026-12-01'

@description('More settings, as docs/operations.md names them: { Smtp__Host: \'mail.example.org\' }, say. They count before those of this template. No secrets: name one in the key vault as @Microsoft.KeyVault(SecretUri=…).')
param extraSettings object = {}

var tags = { 'azd-env-name': environmentName }
var token = toLower(uniqueString(subscription().id, environmentName, location))
// Known before anything is there, so that what-if can look ahead.
var names = { insights: 'appi-${token}', data: 'st${token}' }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module monitoring 'app/monitoring.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    gigabytesPerDay: telemetryGigabytesPerDay
  }
}

module identity 'app/identity.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
  }
}

module storage 'app/storage.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    principalId: identity.outputs.principalId
    retentionDays: retentionDays
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'app/vault.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    principalId: identity.outputs.principalId
    sendGridKey: sendGridKey
    linkKey: linkKey
    workspaceId: monitoring.outputs.workspaceId
  }
}

module functions 'app/functions.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    principalId: identity.outputs.principalId
    hostAccount: storage.outputs.hostAccount
    dataAccount: storage.outputs.dataAccount
    packageContainer: storage.outputs.packageContainer
    insightsName: names.insights
    linkKeyUri: vault.outputs.linkKeyUri
    sendGridKeyUri: vault.outputs.sendGridKeyUri
    usesSendGrid: !empty(sendGridKey)
    mailTo: mailTo
    mailFrom: mailFrom
    signInClientId: signInClientId
    instanceMemory: instanceMemory
    maximumInstances: maximumInstances
    extraSettings: extraSettings
  }
}

module alerts 'app/alerts.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    mailTo: split(mailTo, ',')
    insightsId: monitoring.outputs.insightsId
    dataAccount: names.data
    budget: budget
    budgetStart: budgetStart
  }
  dependsOn: [storage]
}

// What shippers are given, and no more: to add blobs. With a condition it holds for one host's names only (docs/security.md).
resource chunkWriter 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'LogMonitor chunk writer', environmentName)
  properties: {
    roleName: 'LogMonitor chunk writer (${environmentName})'
    description: 'May add blobs: not read, list, overwrite or delete any.'
    type: 'CustomRole'
    assignableScopes: [group.id]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action']
        notDataActions: []
      }
    ]
  }
}

@description('The resource group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('The key vault: azd finds the key of the links there.')
output AZURE_KEY_VAULT_NAME string = vault.outputs.name

@description('The function app.')
output AZURE_FUNCTION_APP string = functions.outputs.name

@description('The dashboard.')
output LOGMONITOR_URL string = functions.outputs.url

@description('What shippers need: destination.url.')
output LOGMONITOR_INCOMING_URL string = storage.outputs.incomingUrl

@description('The role that is given to the identity of each host.')
output LOGMONITOR_CHUNK_WRITER_ROLE string = chunkWriter.id

@description('The account with the logs.')
output LOGMONITOR_ACCOUNT string = storage.outputs.dataAccount

@description('The topic of uploads; the subscription is made when the code is there.')
output LOGMONITOR_TOPIC string = storage.outputs.topic
