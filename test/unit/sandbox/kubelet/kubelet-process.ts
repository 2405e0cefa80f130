import { World } from './world.js';

/*
 * A kubelet in a process of its own, with one pod that heeds neither SIGTERM nor its input; tells the pid of its process.
 * A doubled $ reaches the shell as one: a kubelet replaces references in commands.
 */

// Whoever started it is gone: nobody would end it.
process.on('disconnect', () => process.exit(1));

const endpoint = { baseUrl: process.env['API'] ?? '', token: process.env['API_TOKEN'] ?? '' };
const server = { endpoint, close: () => Promise.resolve() };
const world = await World.start(server, {
  path: '/usr/bin:/bin',
  onOutput: (_container, text) => {
    const pid = /pid=(\d+)/.exec(text)?.[1];
    if (pid !== undefined) process.send?.(Number(pid));
  },
});
await world.newNamespace();
await world.createPod('stubborn', { command: ['/bin/sh', '-c', 'trap "" TERM; echo pid=$$$$; exec sleep 1000'] });
