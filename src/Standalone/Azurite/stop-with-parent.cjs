// Loaded into Azurite before it starts. Ends it in good order (its data written) when logmonitor closes the pipe or dies;
// a Ctrl-C meant for logmonitor reaches the whole terminal, so it is logmonitor's to pass on.
process.stdin.on('end', () => process.emit('SIGTERM', 'SIGTERM'));
process.stdin.resume();
const once = process.once.bind(process);
process.once = (event, listener) => (event === 'SIGINT' ? process : once(event, listener));
process.on('SIGINT', () => {});
