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

@description('Signs the links by which alerts are acknowledged, where the key vault has no such key yet. Made anew each time, and used the first time only.')
@secure()
@minLength(32)
param linkKey string = '${newGuid()}${newGuid()}'

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

@description('With a budget: the first day of the month in which it is made, such as 2026-12-01. It cannot be changed later, nor lie in the past at first.')
param budgetStart string = ''

@description('Creates a virtual network of these addresses, such as 10.20.0.0/24 (/8 to /24), and closes both storage accounts and the key vault to the internet: they are reached by private endpoints. Empty: no network, and rights alone decide.')
@maxLength(18)
param networkAddresses string = ''

@description('With a network: from where hosts outside of it may upload, IPv4 addresses or ranges such as 203.0.113.0/24, separated by commas. Not private ones, and not those of machines in the same Azure region, which come by other addresses: let them into the network. Empty: from the network alone.')
param uploadFrom string = ''

@description('More settings, as docs/operations.md names them: { Smtp__Host: \'mail.example.org\' }, say. They count before those of this template. No secrets: name one in the key vault as @Microsoft.KeyVault(SecretUri=…).')
param extraSettings object = {}

var tags = { 'azd-env-name': environmentName }
var token = toLower(uniqueString(subscription().id, environmentName, location))
// Known before anything is there, so that what-if can look ahead.
var isIsolated = !empty(networkAddresses)
// Storage takes no /31 and /32, and no IPv6.
func addressRule(range string) string =>
  contains(range, ':') ? fail('uploadFrom has ${range}: only IPv4 addresses and ranges are possible') : !contains(range, '/') ? split(parseCidr('${range}/32').network, '/')[0] : parseCidr(range).cidr <= 30 ? range : fail('uploadFrom has ${range}: a range has /30 or less; name single addresses without a slash')
var uploadRules = map(filter(split(uploadFrom, ','), range => !empty(trim(range))), range => addressRule(trim(range)))
var names = { insights: 'appi-${token}', host: 'sth${token}', data: 'st${token}', vault: 'kv-${token}' }

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
    isIsolated: isIsolated
    uploadFrom: isIsolated || empty(uploadRules) ? uploadRules : fail('uploadFrom is given without networkAddresses: without a network hosts may upload from anywhere')
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
    isIsolated: isIsolated
  }
}

module network 'app/network.bicep' = if (isIsolated) {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    addresses: parseCidr(networkAddresses).cidr >= 8 && parseCidr(networkAddresses).cidr <= 24 ? networkAddresses : fail('networkAddresses is ${networkAddresses}: it must be /8 to /24, such as 10.20.0.0/24')
    hostAccount: names.host
    dataAccount: names.data
    vault: names.vault
  }
  dependsOn: [storage, vault]
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
    subnetId: isIsolated ? network!.outputs.appSubnetId : ''
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
    budgetStart: budget == 0 || !empty(budgetStart) ? budgetStart : fail('budgetStart is missing: the first day of this month, such as 2026-12-01')
  }
  dependsOn: [storage]
}

// What shippers are given, and no more: to add blobs. With a condition it holds for one host's names only (docs/security.md).
resource chunkWriter 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'LogMonitor chunk writer', environmentName)
  properties: {
    // Unique in the tenant, where another subscription may have an environment of the same name.
    roleName: 'LogMonitor chunk writer (${environmentName}, ${token})'
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

@description('The key vault.')
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
