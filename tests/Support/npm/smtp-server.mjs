// A real SMTP server on the loopback, for tests: `node smtp-server.mjs '{"cert":"…","key":"…","mode":"…"}'`.
// Prints {"port":…} once it listens, then one JSON line for each mail that it has accepted. Ends when stdin does, so that
// it can't outlive the test run. The modes are those of SmtpServerMode in SmtpServerProcess.cs.
import { readFileSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';

const { cert, key, mode = 'Normal', user = '', password = '', refuse = {} } = JSON.parse(process.argv[2] ?? '{}');

const failure = (code, text) => Object.assign(new Error(text), { responseCode: code });
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const server = new SMTPServer({
  secure: mode === 'TlsFromTheStart',
  ...(cert ? { cert: readFileSync(cert), key: readFileSync(key) } : {}),
  disabledCommands: [
    ...(mode === 'NoStartTls' ? ['STARTTLS'] : []),
    ...(user ? [] : ['AUTH']),
  ],
  authOptional: !user,
  disableReverseLookup: true,
  logger: false,
  onAuth(auth, session, callback) {
    if (auth.username === user && auth.password === password) callback(null, { user });
    else callback(failure(535, `5.7.8 Authentication failed for ${auth.username} with ${auth.password}`));
  },
  onMailFrom(address, session, callback) {
    if (mode === 'RefusesTheSender') callback(failure(550, '5.7.1 Sender is not allowed here'));
    else callback();
  },
  onRcptTo(address, session, callback) {
    const code = refuse[address.address];
    if (code) callback(failure(code, code < 500 ? '4.7.1 Greylisted, come back later' : '5.1.1 No such mailbox'));
    else callback();
  },
  onData(stream, session, callback) {
    if (mode === 'DropsTheConnection') {
      for (const connection of server.connections) connection._socket.destroy();
      return;
    }
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => {
      if (mode === 'IsBusy') return callback(failure(451, '4.3.0 Try again later'));
      if (mode === 'RefusesTheMail') return callback(failure(550, '5.7.1 Looks like spam'));
      print({
        from: session.envelope.mailFrom.address,
        to: session.envelope.rcptTo.map((recipient) => recipient.address),
        user: session.user || null,
        secure: session.secure,
        raw: Buffer.concat(chunks).toString('latin1'),
      });
      callback(null, 'queued as 1');
    });
  },
});

// Handshakes that a client breaks off are part of the tests.
server.on('error', () => {});
const listener = server.listen(0, '127.0.0.1', () => print({ port: listener.address().port }));
process.stdin.on('end', () => process.exit(0)).resume();
