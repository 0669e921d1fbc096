@description('Where it is created.')
param location string

@description('Tags of everything.')
param tags object

@description('Makes names unique.')
param token string

@description('The identity that the app runs as: its resource id, client id, and principal id.')
param identityId string
param identityClientId string
param principalId string

@description('The account in which the Functions host keeps what it needs.')
param hostAccount string

@description('The account with the logs and tables.')
param dataAccount string

@description('Where the code is put: a container of the host\'s account.')
param packageContainer string

@description('Application Insights.')
param insightsName string

@description('Where the key of the links is.')
param linkKeyUri string

@description('Where the key of SendGrid is, and whether there is one.')
param sendGridKeyUri string
param usesSendGrid bool

@description('Recipients and sender of mails.')
param mailTo string
param mailFrom string

@description('The app registration that people sign in by; empty for none.')
param signInClientId string

@description('Memory of an instance, in MB.')
param instanceMemory int

@description('The most instances at once.')
param maximumInstances int

@description('The subnet from which the app reaches storage and vault; empty for none.')
param subnetId string

@description('More settings; they count before those here.')
param extraSettings object

var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'
var name = 'func-${token}'
var url = 'https://${name}.azurewebsites.net'
var hostEndpoints = { blob: 'https://${hostAccount}.blob.${environment().suffixes.storage}', queue: 'https://${hostAccount}.queue.${environment().suffixes.storage}', table: 'https://${hostAccount}.table.${environment().suffixes.storage}' }
var dataEndpoints = { blob: 'https://${dataAccount}.blob.${environment().suffixes.storage}', queue: 'https://${dataAccount}.queue.${environment().suffixes.storage}', table: 'https://${dataAccount}.table.${environment().suffixes.storage}' }

// As docs/operations.md describes them; a test holds that table and this list together. What is left out has its default.
var settings = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__blobServiceUri: hostEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: hostEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: hostEndpoints.table
  AzureWebJobsDisableHomepage: 'true'
  LogStorage__credential: 'managedidentity'
  LogStorage__clientId: identityClientId
  LogStorage__blobServiceUri: dataEndpoints.blob
  LogStorage__queueServiceUri: dataEndpoints.queue
  LogStorage__tableServiceUri: dataEndpoints.table
  EvaluateSchedule: '*/15 * * * * *'
  ReconcileSchedule: '0 */15 * * * *'
  ArchiveSchedule: '0 30 2 * * *'
  ExpireSchedule: '0 30 4 * * *'
  Alerts__LinkKey: '@Microsoft.KeyVault(SecretUri=${linkKeyUri})'
  Dashboard__Url: url
  Mail__From: mailFrom
  Mail__To: mailTo
}
var mailSettings = usesSendGrid ? { SendGrid__ApiKey: '@Microsoft.KeyVault(SecretUri=${sendGridKeyUri})' } : {}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    // With a network, too: Event Grid delivers events to a public address only. Its key, sign-in and signed links decide who gets further.
    publicNetworkAccess: 'Enabled'
    // All that goes out goes by it; Flex Consumption needs no more than this, and refuses vnetRouteAllEnabled.
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    keyVaultReferenceIdentity: identityId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainer
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
      }
    }
    // Flex Consumption refuses much that other plans take (ftpsState, alwaysOn, linuxFxVersion …); it has no FTP.
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      remoteDebuggingEnabled: false
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(settings, mailSettings, extraSettings)
  }

  // Nobody signs in with a password to deploy.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  // Events come without a person; links to acknowledge carry their own signature; of health, states alone are told. Exactly these: what is below /runtime besides is not for everybody.
  resource signIn 'config' = if (!empty(signInClientId)) {
    name: 'authsettingsV2'
    properties: {
      platform: { enabled: true }
      globalValidation: {
        requireAuthentication: true
        unauthenticatedClientAction: 'RedirectToLoginPage'
        redirectToProvider: 'azureactivedirectory'
        excludedPaths: ['/runtime/webhooks/blobs', '/acknowledge', '/healthz']
      }
      httpSettings: { requireHttps: true }
      identityProviders: {
        azureActiveDirectory: {
          enabled: true
          registration: {
            clientId: signInClientId
            openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
          }
          validation: { allowedAudiences: ['api://${signInClientId}', signInClientId] }
        }
      }
      login: { tokenStore: { enabled: false } }
    }
  }
}

resource metricsRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, 'functions', metricsPublisher)
  scope: insights
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}

output name string = app.name
output url string = url
