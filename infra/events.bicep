// The subscription to uploads. Apart from all else, since the app's key for events exists only once the code is there: 'azd up' runs it last.

@description('The topic of uploads: LOGMONITOR_TOPIC of the deployment.')
@minLength(3)
param topic string

@description('The function app: AZURE_FUNCTION_APP of the deployment.')
@minLength(2)
param functionApp string

@description('The account with the logs.')
@minLength(3)
param dataAccount string

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: functionApp
}

resource data 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: dataAccount
}

resource uploads 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topic

  // Committed writes under 'incoming', and nothing else: what LogMonitor writes itself must not come back to it.
  resource ingest 'eventSubscriptions' = {
    name: 'ingest'
    properties: {
      eventDeliverySchema: 'EventGridSchema'
      destination: {
        endpointType: 'WebHook'
        properties: {
          endpointUrl: 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.IngestChunk&code=${listKeys('${app.id}/host/default', app.apiVersion).systemKeys.blobs_extension}'
          maxEventsPerBatch: 1
        }
      }
      filter: {
        subjectBeginsWith: '/blobServices/default/containers/incoming/blobs/'
        includedEventTypes: ['Microsoft.Storage.BlobCreated']
        advancedFilters: [
          {
            operatorType: 'StringIn'
            key: 'data.api'
            values: ['PutBlob', 'PutBlockList']
          }
        ]
      }
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
      deadLetterWithResourceIdentity: {
        identity: { type: 'SystemAssigned' }
        deadLetterDestination: {
          endpointType: 'StorageBlob'
          properties: { resourceId: data.id, blobContainerName: 'dead' }
        }
      }
    }
  }
}
