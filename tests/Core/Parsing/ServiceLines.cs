namespace LogMonitor.Core.Tests.Parsing;

public sealed class ServiceLines
{
    [Theory]
    [InlineData("dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<ann>, method=PLAIN, rip=203.0.113.7, lip=192.0.2.1, TLS", "203.0.113.7")]
    [InlineData("dovecot: pop3-login: Aborted login (auth failed, 1 attempts): user=<a, rip=192.0.2.9>, method=PLAIN, rip=2001:db8::7, lip=2001:db8::1", "2001:db8::7")]
    [InlineData("postfix/smtpd[9]: warning: unknown[203.0.113.7]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=x[192.0.2.9]", "203.0.113.7")]
    [InlineData("postfix/submission/smtpd[9]: lost connection after AUTH from host.example[2001:db8::7]", "2001:db8::7")]
    [InlineData("postfix/postscreen[9]: PREGREET 11 after 0.1 from [203.0.113.7]:4022: EHLO x", "203.0.113.7")]
    [InlineData("vsftpd[9]: [ann] FAIL LOGIN: Client \"::ffff:203.0.113.7\"", "203.0.113.7")]
    [InlineData("proftpd[9]: ftp.example (host.example[::ffff:203.0.113.7]) - USER x [192.0.2.9]: no such user found", "203.0.113.7")]
    [InlineData("pure-ftpd: (?@203.0.113.7) [WARNING] Authentication failed for user [x@192.0.2.9]", "203.0.113.7")]
    [InlineData("dropbear[9]: Bad password attempt for 'x from 192.0.2.9:1' from 203.0.113.7:4022", "203.0.113.7 port=4022")]
    [InlineData("dropbear[9]: Exit before auth from <203.0.113.7:4022>: (user 'x from 192.0.2.9', 1 fails): Exited normally", "203.0.113.7 port=4022")]
    [InlineData("dropbear[9]: Exit before auth from <2001:db8:1:2:3:4:5:6:4022>: Exited normally", "2001:db8:1:2:3:4:5:6 port=4022")]
    [InlineData("dropbear[9]: Login attempt for nonexistent user from 2001:db8::7:4022", "2001:db8::7 port=4022")]
    [InlineData("named[9]: client 203.0.113.7#4711: query (cache) 'a/A/IN' denied", "203.0.113.7")]
    [InlineData("named[9]: client @0x7f12 203.0.113.7#4711 (client 192.0.2.9): query (cache) 'a/A/IN' denied", "203.0.113.7")]
    [InlineData("ftpd[9]: connection from 203.0.113.7 (host.example) at Sun Jul 17 09:00:00 2005 ", "203.0.113.7")]
    [InlineData("ftpd[9]: ANONYMOUS FTP LOGIN FROM 203.0.113.7,  (192.0.2.9)", "203.0.113.7")]
    [InlineData("imapd-ssl: LOGIN FAILED, user=x, ip=[::ffff:203.0.113.7]", "203.0.113.7")]
    [InlineData("in.telnetd[9]: refused connect from host.example (203.0.113.7)", "203.0.113.7")]
    [InlineData("mod_evasive[9]: Blacklisting address 203.0.113.7: possible DoS attack.", "203.0.113.7")]
    [InlineData("wordpress(example.com)[9]: Authentication failure for x from 192.0.2.9 from 203.0.113.7", "203.0.113.7")]
    public void TheClientIsTheOneThatTheServerNames(string message, string client) => Assert.Contains($" client={client} ", Describe.Line("Feb  4 15:16:01 web1 " + message), StringComparison.Ordinal);

    [Theory]
    [InlineData("postfix/smtp[9]: ABC: to=<x@example.org>, relay=mx.example.org[203.0.113.7]:25, status=sent")]
    [InlineData("vsftpd[9]: [ann] OK UPLOAD: Client \"203.0.113.7\", \"/x Client \"192.0.2.9\"\", 5 bytes")]
    [InlineData("proftpd[9]: ftp.example - ProFTPD 1.3.8 (stable) standalone mode STARTUP")]
    [InlineData("named[9]: zone example.com/IN: sending notifies (serial 2026110101)")]
    [InlineData("dovecot: imap(ann): Logged out in=9 out=99, rip=unknown")]
    [InlineData("app[9]: client 203.0.113.7 refused connect from 203.0.113.7")]
    [InlineData("ftpd[9]: connection from host.example at Sun Jul 17")]
    [InlineData("refused: refused connect from ")]
    public void WhatNamesNoClientOrTwoHasNone(string message) => Assert.DoesNotContain("client=", Describe.Line("Feb  4 15:16:01 web1 " + message), StringComparison.Ordinal);
}
