@description('Where it is created.')
param location string

@description('Tags of everything.')
param tags object

@description('Makes names unique.')
param token string

// Its own, so that roles are there before the app is.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${token}'
  location: location
  tags: tags
}

output id string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
