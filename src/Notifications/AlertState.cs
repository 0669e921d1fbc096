namespace LogMonitor.Notifications;

/// <summary>Where in its life an alert is when a notification about it goes out.</summary>
enum AlertState
{
    Opened,
    Repeated,
    Escalated,
    Resolved,
}
