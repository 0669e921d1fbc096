// Keeps the accounts and the vault off the internet: the app reaches them by private endpoints, and nobody else but who is in, or joined to, this network.

@description('Where it is created.')
param location string

@description('Tags of everything.')
param tags object

@description('Makes names unique.')
param token string

@description('The addresses of the network, a /24 or more: the first half of its first 256 is the app\'s, 32 are the endpoints\', the rest is free.')
param addresses string

@description('The account in which the Functions host keeps what it needs.')
param hostAccount string

@description('The account with the logs and tables.')
param dataAccount string

@description('The key vault.')
param vault string

var appAddresses = cidrSubnet(addresses, 25, 0)
var endpointAddresses = cidrSubnet(addresses, 27, 4)

var zones = [
  'privatelink.blob.${environment().suffixes.storage}'
  'privatelink.queue.${environment().suffixes.storage}'
  'privatelink.table.${environment().suffixes.storage}'
  'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
]

var account = 'Microsoft.Storage/storageAccounts'
// Two neighbours are never of the same account, which takes one change at a time: they are made in pairs.
var endpoints = [
  { name: 'host-blob', type: account, target: hostAccount, kind: 'blob', zone: 0 }
  { name: 'data-blob', type: account, target: dataAccount, kind: 'blob', zone: 0 }
  { name: 'host-queue', type: account, target: hostAccount, kind: 'queue', zone: 1 }
  { name: 'data-queue', type: account, target: dataAccount, kind: 'queue', zone: 1 }
  { name: 'host-table', type: account, target: hostAccount, kind: 'table', zone: 2 }
  { name: 'data-table', type: account, target: dataAccount, kind: 'table', zone: 2 }
  { name: 'vault', type: 'Microsoft.KeyVault/vaults', target: vault, kind: 'vault', zone: 3 }
]

// Nothing comes in here: requests reach the app by its public address. Out go storage, vault, telemetry, mails and the other channels.
resource appGroup 'Microsoft.Network/networkSecurityGroups@2024-07-01' = {
  name: 'nsg-app-${token}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'no-administration-of-others'
        properties: {
          description: 'Whoever takes over the app gets no further by SSH or remote desktop.'
          priority: 100
          direction: 'Outbound'
          access: 'Deny'
          protocol: 'Tcp'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: 'VirtualNetwork'
          destinationPortRanges: ['22', '3389', '5985', '5986']
        }
      }
    ]
  }
}

resource endpointGroup 'Microsoft.Network/networkSecurityGroups@2024-07-01' = {
  name: 'nsg-endpoints-${token}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'storage-and-vault'
        properties: {
          description: 'From the app, and from hosts in networks that are joined to this one.'
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: endpointAddresses
          destinationPortRange: '443'
        }
      }
      {
        name: 'nothing-else'
        properties: {
          description: 'Rules that Azure has by itself keep the internet out; this one the rest of the network.'
          priority: 200
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

// Subnets in here and not as resources of their own: what a second deployment does not name is deleted.
resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: 'vnet-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addresses] }
    subnets: [
      {
        // Flex Consumption takes no name with an underscore, and no subnet that anything else is in.
        name: 'app'
        properties: {
          addressPrefix: appAddresses
          networkSecurityGroup: { id: appGroup.id }
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
          // Mails and messages go to the internet. Who wants one known address, or forbids this, puts a NAT gateway here.
          defaultOutboundAccess: true
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointAddresses
          networkSecurityGroup: { id: endpointGroup.id }
          // Without it endpoints pass by the security group.
          privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled'
          defaultOutboundAccess: false
        }
      }
    ]
  }

  resource app 'subnets' existing = {
    name: 'app'
  }

  resource endpoints 'subnets' existing = {
    name: 'endpoints'
  }
}

resource dnsZones 'Microsoft.Network/privateDnsZones@2024-06-01' = [for zone in zones: {
  name: zone
  location: 'global'
  tags: tags
}]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (zone, index) in zones: {
  parent: dnsZones[index]
  name: network.name
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: { id: network.id }
  }
}]

@batchSize(2)
resource privateEndpoints 'Microsoft.Network/privateEndpoints@2024-07-01' = [for endpoint in endpoints: {
  name: 'pep-${endpoint.name}-${token}'
  location: location
  tags: tags
  properties: {
    subnet: { id: network::endpoints.id }
    privateLinkServiceConnections: [
      {
        name: endpoint.name
        properties: { privateLinkServiceId: resourceId(endpoint.type, endpoint.target), groupIds: [endpoint.kind] }
      }
    ]
  }
}]

@batchSize(2)
resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-07-01' = [for (endpoint, index) in endpoints: {
  parent: privateEndpoints[index]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: endpoint.kind
        properties: { privateDnsZoneId: dnsZones[endpoint.zone].id }
      }
    ]
  }
}]

output appSubnetId string = network::app.id
