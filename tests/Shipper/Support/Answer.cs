using System.Text;

namespace LogMonitor.Shipper.Tests.Support;

/// <summary>An answer of the blob service.</summary>
/// <param name="Code">What the header x-ms-error-code and the body say; empty where a proxy answers instead.</param>
/// <param name="RetryAfter">In seconds.</param>
sealed record Answer(int Status, string Code, string Message, int? RetryAfter = null)
{
    public byte[] Body(string requestId) => Status == 201 ? [] : Encoding.UTF8.GetBytes(Code.Length == 0
        ? "<html><body>Something between you and the service.</body></html>"
        : $"\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{Code}</Code><Message>{Message}\nRequestId:{requestId}\nTime:{DateTimeOffset.UtcNow:o}</Message></Error>");
}
