/** A process that does nothing, for the machine's own noise beside a measured one. Ends with its parent. */
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
