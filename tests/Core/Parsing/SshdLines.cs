namespace LogMonitor.Core.Tests.Parsing;

public sealed class SshdLines
{
    const string Client = "client=192.0.2.7 port=4022";

    [Theory]
    [InlineData("Failed password for root from 192.0.2.7 port 4022 ssh2", Client + " user=root")]
    [InlineData("Failed password for invalid user admin from 192.0.2.7 port 4022 ssh2", Client + " user=admin")]
    [InlineData("Failed none for invalid user  from 192.0.2.7 port 4022 ssh2", Client)]
    [InlineData("Failed keyboard-interactive/pam for bob from 2001:db8::5 port 4022 ssh2", "client=2001:db8::5 port=4022 user=bob")]
    [InlineData("Accepted password for bob from 192.0.2.7 port 4022 ssh2", Client + " user=bob")]
    [InlineData("Accepted publickey for bob from 192.0.2.7 port 4022 ssh2: ED25519 SHA256:abc", Client + " user=bob")]
    [InlineData("Postponed publickey for bob from 192.0.2.7 port 4022 ssh2 [preauth]", Client + " user=bob")]
    [InlineData("message repeated 2 times: [ Failed password for root from 192.0.2.7 port 4022 ssh2]", Client + " user=root")]
    [InlineData("Invalid user admin from 192.0.2.7 port 4022", Client + " user=admin")]
    [InlineData("Invalid user admin from 192.0.2.7", "client=192.0.2.7 user=admin")]
    [InlineData("Invalid user  from 192.0.2.7 port 4022", Client)]
    [InlineData("User root from 192.0.2.7 not allowed because not listed in AllowUsers", "client=192.0.2.7 user=root")]
    [InlineData("Connection closed by 192.0.2.7 port 4022 [preauth]", Client)]
    [InlineData("Connection closed by authenticating user root 192.0.2.7 port 4022 [preauth]", Client + " user=root")]
    [InlineData("Connection reset by invalid user a b 192.0.2.7 port 4022 [preauth]", Client + " user=a b")]
    [InlineData("Disconnected from user bob 192.0.2.7 port 4022", Client + " user=bob")]
    [InlineData("Disconnecting invalid user x 192.0.2.7 port 4022: Too many authentication failures [preauth]", Client + " user=x")]
    [InlineData("Received disconnect from 192.0.2.7 port 4022:11: Bye Bye [preauth]", Client)]
    [InlineData("Received disconnect from 192.0.2.7: 11: Bye Bye [preauth]", "client=192.0.2.7")]
    [InlineData("Received disconnect from 2001:db8::5: 11: Bye Bye [preauth]", "client=2001:db8::5")]
    [InlineData("Unable to negotiate with 192.0.2.7 port 4022: no matching MAC found. Their offer: x from 198.51.100.9 port 1", Client)]
    [InlineData("Did not receive identification string from 192.0.2.7 port 4022", Client)]
    [InlineData("Bad protocol version identification 'GET / from 198.51.100.9 port 1' from 192.0.2.7 port 4022", Client)]
    [InlineData("banner exchange: Connection from 192.0.2.7 port 4022: invalid format", Client)]
    [InlineData("Connection from 192.0.2.7 port 4022 on 198.51.100.1 port 22", Client)]
    [InlineData("refused connect from x@::ffff:192.0.2.7 (::ffff:192.0.2.7)", "client=192.0.2.7")]
    [InlineData("reverse mapping checking getaddrinfo for host.example.net [192.0.2.7] failed.", "client=192.0.2.7")]
    [InlineData("drop connection #11 from [192.0.2.7]:4022 on [198.51.100.1]:22 past MaxStartups", Client)]
    [InlineData("Timeout before authentication for connection from 192.0.2.7 to 198.51.100.1, pid = 5", "client=192.0.2.7")]
    [InlineData("pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7  user=root", "client=192.0.2.7 user=root")]
    [InlineData("pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7", "client=192.0.2.7")]
    [InlineData("pam_unix(sshd:session): session opened for user bob(uid=1000) by (uid=0)", "user=bob")]
    [InlineData("PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7  user=root", "client=192.0.2.7 user=root")]
    [InlineData("PAM 1 more authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7 ", "client=192.0.2.7")]
    [InlineData("Protocol major versions differ for 192.0.2.7 port 4022: SSH-2.0-OpenSSH_9 vs. SSH-1.5-x", Client)]
    [InlineData("Nasty PTR record \"198.51.100.9\" is set up for 192.0.2.7, ignoring", "client=192.0.2.7")]
    [InlineData("Starting session: subsystem 'sftp' for bob from 192.0.2.7 port 4022 id 0", Client + " user=bob")]
    [InlineData("Timeout, client not responding from user bob 192.0.2.7 port 4022", Client + " user=bob")]
    [InlineData("User bob not allowed because account is locked", "user=bob")]
    [InlineData("User bob not allowed because shell /bin/x does not exist", "user=bob")]
    [InlineData("packet_write_wait: Connection from user bob 192.0.2.7 port 4022: Broken pipe", Client + " user=bob")]
    [InlineData("probed from 192.0.2.7 port 4022 with SSH-1.0-x.  Don't panic.", Client)]
    [InlineData("scanned from 192.0.2.7 port 4022 with SSH-1.0-x.  Don't panic.", Client)]
    [InlineData("Connection closed by UNKNOWN port 65535", "")]
    [InlineData("Failed password for root from fe80::1%eth0 port 4022 ssh2", "client=fe80::1%eth0 port=4022 user=root")]
    [InlineData("Failed password for root from ::ffff:192.0.2.7 port 4022 ssh2", Client + " user=root")]
    [InlineData("input_userauth_request: invalid user admin [preauth]", "user=admin")]
    [InlineData("Server listening on 0.0.0.0 port 22.", "")]
    public void SshdSaysWhoSpeaksToIt(string message, string expected)
    {
        var prefix = expected.Length > 0 ? " " + expected : "";
        Assert.Equal($"error syslog 2026-02-04T15:16:01Z{prefix} process=sshd pid=7 message={message}", Describe.Line("Feb  4 15:16:01 host sshd[7]: " + message));
        Assert.Equal($"error syslog 2026-02-04T15:16:01Z{prefix} process=sshd-session pid=7 message={message}", Describe.Line("Feb  4 15:16:01 host sshd-session[7]: " + message));
    }

    [Theory]
    [InlineData("error: maximum authentication attempts exceeded for root from 192.0.2.7 port 4022 ssh2 [preauth]", Client + " user=root severity=Error")]
    [InlineData("error: PAM: Authentication failure for illegal user x from 192.0.2.7", "client=192.0.2.7 user=x severity=Error")]
    [InlineData("fatal: Timeout before authentication for 192.0.2.7 port 4022", Client + " severity=Critical")]
    [InlineData("error: kex_exchange_identification: banner line too long", "severity=Error")]
    public void SshdsSeverityIsInItsMessage(string message, string expected) =>
        Assert.Equal($"error syslog 2026-02-04T15:16:01Z {expected} process=sshd pid=7 message={message}", Describe.Line("Feb  4 15:16:01 host sshd[7]: " + message));

    [Theory]
    [InlineData("Failed password for invalid user x from 198.51.100.9 port 1 ssh2 from 192.0.2.7 port 4022 ssh2", Client + " user=x from 198.51.100.9 port 1 ssh2")]
    [InlineData("Invalid user x from 198.51.100.9 port 1 from 192.0.2.7 port 4022", Client + " user=x from 198.51.100.9 port 1")]
    [InlineData("User x from 198.51.100.9 not allowed because y from 192.0.2.7 not allowed because not listed in AllowUsers", "client=192.0.2.7 user=x from 198.51.100.9 not allowed because y")]
    [InlineData("User x from 198.51.100.9 not allowed because account is locked", "user=x from 198.51.100.9")]
    [InlineData("Starting session: command for x from 198.51.100.9 port 1 id 1 from 192.0.2.7 port 4022 id 0", Client + " user=x from 198.51.100.9 port 1 id 1")]
    [InlineData("Connection closed by invalid user x 198.51.100.9 port 1 192.0.2.7 port 4022 [preauth]", Client + " user=x 198.51.100.9 port 1")]
    [InlineData("pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7  user=x rhost=198.51.100.9", "client=192.0.2.7 user=x rhost=198.51.100.9")]
    public void AUserNameCannotForgeTheClient(string message, string expected) =>
        Assert.Equal($"error syslog 2026-02-04T15:16:01Z {expected} process=sshd pid=7 message={message}", Describe.Line("Feb  4 15:16:01 host sshd[7]: " + message));

    [Theory]
    [InlineData("Failed publickey for x from 192.0.2.7 port 4022 ssh2: RSA-CERT SHA256:a ID k from 198.51.100.9 port 1 (serial 0) CA RSA SHA256:b")]
    [InlineData("Disconnecting invalid user x 192.0.2.7 port 4022: Change of username: (y 198.51.100.9 port 1: a [preauth]")]
    public void WhereTheClientCouldBeForgedBehindTheRealOneNeitherIsTaken(string message) =>
        Assert.DoesNotContain("client=", Describe.Line("Feb  4 15:16:01 host sshd[7]: " + message), StringComparison.Ordinal);

    [Theory]
    [InlineData("ruser=bob rhost=192.0.2.7  user=bob", "client=192.0.2.7 user=bob ")]
    [InlineData("ruser=x rhost=198.51.100.9 rhost=192.0.2.7", "")]
    [InlineData("ruser=x ruser= rhost=198.51.100.9 rhost=192.0.2.7", "")]
    [InlineData("ruser= rhost=192.0.2.7  user=x rhost=198.51.100.9", "client=192.0.2.7 user=x rhost=198.51.100.9 ")]
    public void ARemoteUserCannotForgeTheHost(string fields, string expected) =>
        Assert.StartsWith($"error syslog 2026-02-04T15:16:01Z {expected}process=vsftpd", Describe.Line("Feb  4 15:16:01 host vsftpd(pam_unix)[7]: authentication failure; logname= uid=0 euid=0 tty= " + fields), StringComparison.Ordinal);

    [Fact]
    public void OnlySshdSpeaksForSshd() =>
        Assert.DoesNotContain("client=", Describe.Line("Feb  4 15:16:01 host app[7]: Failed password for root from 192.0.2.7 port 4022 ssh2"), StringComparison.Ordinal);
}
