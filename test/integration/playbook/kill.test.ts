import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openTestLog } from '../../support/log.ts';
import { benchOf, executorOver, playbookOf } from '../../support/playbook.ts';
import { ScriptedTarget } from '../../support/scripted-target.ts';
import { startStepServer } from '../../support/step-server.ts';

const ENTRY = new URL('../../support/playbook-crash.main.ts', import.meta.url).pathname;

it.each([
  ['before it is answered', false, 'no answer is kept, so whether it had its effect is not known'],
  ['while it is verified', true, 'It had its effect and was answered'],
])(
  'a process killed with SIGKILL %s leaves the step for a person, and nothing is sent again',
  async (_when, answers, reason) => {
    await using server = await startStepServer();
    const folder = mkdtempSync(join(tmpdir(), 'midwatch-kill-'));
    const child = spawn(process.execPath, [ENTRY, join(folder, 'midwatch.db'), server.url], {
      stdio: 'inherit',
    });
    const exited = once(child, 'exit');
    server.answer(async (_request, response) => {
      if (answers) {
        response.end('rolled back');
        // Long enough for the answer to be kept; the verification goes on for a minute.
        await wait(500);
      }
      child.kill('SIGKILL');
    });
    expect((await exited)[1]).toBe('SIGKILL');

    const test = openTestLog({}, folder);
    try {
      const executor = executorOver(new ScriptedTarget());
      const { playbooks, timeline } = benchOf({ log: test.log.call, executor, playbook: playbookOf([], []) });
      await playbooks.load();
      const [run] = playbooks.runs();
      expect(run?.steps[0]).toMatchObject({
        phase: 'unknown',
        attempt: 1,
        output: answers ? '200\nrolled back' : null,
        reason: expect.stringContaining(reason),
        input: expect.stringContaining(`POST ${server.url}`),
      });
      expect(timeline.map((entry) => entry.title)).toEqual(['Send roll-back: needs a decision']);
      expect(await test.log.call.openJournal()).toEqual([]);
      const decided = await playbooks.decide(run?.id ?? '', 'roll-back', 'done', 'ada');
      expect(decided.endedAt).not.toBeNull();
      expect(server.received).toHaveLength(1);
    } finally {
      test.remove();
    }
  },
);
