@description('Where it is created.')
param location string

@description('Tags of everything.')
param tags object

@description('Makes names unique.')
@minLength(13)
@maxLength(13)
param token string

@description('The identity of the function app: it may read secrets.')
param principalId string

@description('The key of a SendGrid account; may be empty.')
@secure()
param sendGridKey string

@description('Signs the links by which alerts are acknowledged, where the vault has no such key yet.')
@secure()
param linkKey string

@description('Where access is logged.')
param workspaceId string

@description('Whether the vault is closed to the internet: a private endpoint leads to it.')
param isIsolated bool

var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: 'kv-${token}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    // Deployments make secrets all the same: they come by Azure's management, which these do not bind.
    publicNetworkAccess: isIsolated ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: isIsolated ? 'Deny' : 'Allow', bypass: isIsolated ? 'None' : 'AzureServices' }
  }

  // Never written over: links are out that it has signed. And never read by who deploys: that would take a right to the vault's secrets, and a way to it.
  @onlyIfNotExists()
  resource link 'secrets' = {
    name: 'link-key'
    properties: { value: linkKey, contentType: 'text/plain' }
  }

  resource sendGrid 'secrets' = if (!empty(sendGridKey)) {
    name: 'sendgrid-key'
    properties: { value: sendGridKey, contentType: 'text/plain' }
  }
}

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, 'functions', secretsUser)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

#disable-next-line use-recent-api-versions // the one stable version can't send to a workspace
resource access 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'access'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      { categoryGroup: 'audit', enabled: true }
    ]
  }
}

output name string = vault.name
output linkKeyUri string = '${vault.properties.vaultUri}secrets/link-key'
output sendGridKeyUri string = '${vault.properties.vaultUri}secrets/sendgrid-key'
