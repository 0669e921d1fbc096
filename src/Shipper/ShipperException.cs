namespace LogMonitor.Shipper;

/// <summary>The shipper can't start; the message is for the administrator: what, where, and what to do.</summary>
public sealed class ShipperException(string message, Exception? inner = null) : Exception(message, inner);
