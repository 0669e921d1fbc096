// Loaded into Azurite before it starts. Ends it in good order (its data written) when logmonitor closes the pipe or dies;
// what a terminal sends to everything in it (Ctrl-C, Ctrl-\, its own closing) is meant for logmonitor, and its to pass on.
process.stdin.on('end', () => process.emit('SIGTERM', 'SIGTERM'));
process.stdin.resume();
const once = process.once.bind(process);
process.once = (event, listener) => (event === 'SIGINT' ? process : once(event, listener));
for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP']) process.on(signal, () => {});
// A logmonitor that was killed no longer reads what Azurite says at its end; unheard, that would end it before its data is written.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
