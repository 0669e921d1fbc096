#!/bin/sh
# Subscribes the function app to uploads. After each deployment of the code, since the app's key for events exists only then; doing it
# again changes nothing. azd has set the variables: they are the outputs of infra/main.bicep.
set -eu
: "${AZURE_SUBSCRIPTION_ID:?run this by 'azd deploy' or 'azd up'}" "${AZURE_RESOURCE_GROUP:?}" "${AZURE_FUNCTION_APP:?}" "${LOGMONITOR_TOPIC:?}" "${LOGMONITOR_ACCOUNT:?}"
command -v az >/dev/null || { echo "The Azure CLI (az) is needed to subscribe to uploads: https://aka.ms/install-az" >&2; exit 1; }
# Signed in to by itself, and perhaps with another subscription at hand than azd's.
az account show --subscription "$AZURE_SUBSCRIPTION_ID" --output none || { echo "The Azure CLI does not reach the subscription $AZURE_SUBSCRIPTION_ID: sign in with 'az login', then: azd hooks run postdeploy" >&2; exit 1; }

attempt=1
# The key comes a while after the code.
until az deployment group create --only-show-errors --output none --name logmonitor-events \
  --subscription "$AZURE_SUBSCRIPTION_ID" --resource-group "$AZURE_RESOURCE_GROUP" --template-file infra/events.bicep \
  --parameters topic="$LOGMONITOR_TOPIC" functionApp="$AZURE_FUNCTION_APP" dataAccount="$LOGMONITOR_ACCOUNT"
do
  [ "$attempt" -lt 10 ] || { echo "Uploads could not be subscribed to; what they miss is read by the sweep, each quarter of an hour. Try again: azd hooks run postdeploy" >&2; exit 1; }
  attempt=$((attempt + 1))
  sleep 15
done
echo "Uploads to incoming are read by $AZURE_FUNCTION_APP. Shippers need destination.url: ${LOGMONITOR_INCOMING_URL:-}"
