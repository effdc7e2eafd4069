import { describe, expect, it } from 'vitest';
import { type FleetScene, INCIDENT_ID } from '../../support/window/fleet.ts';
import { windowTest } from '../../support/window/window-test.ts';

const { missing, core, window, open } = windowTest('journeys in the window');
const begin = (scene: FleetScene, hash: string) => open({ scene, hash });
const press = (key: string) => window().page.keyboard.press(key);
const asked = (name: string) =>
  core()
    .state.asked.filter((one) => one.name === name)
    .map((one) => one.input);

describe.skipIf(missing !== null)('with the keyboard alone', () => {
  it('a page is acknowledged, opened, diagnosed and rolled back', async () => {
    await begin('page', '#/triage');
    await window().page.getByText('What changed').waitFor();
    await press('a');
    await window().page.getByText('INC-0147 acknowledged.').waitFor();
    expect(asked('incident.acknowledge')).toEqual([{ id: INCIDENT_ID }]);
    await press('Enter');
    await window().page.getByText('proposed, 7 steps').waitFor();
    for (const step of [2, 3, 4, 5, 6]) {
      await press('r');
      await window().page.getByText(`step ${step} of 7`).waitFor();
    }
    await press('r');
    await window()
      .page.getByRole('dialog', { name: /Roll back model/ })
      .waitFor();
    await window().page.keyboard.type('ranking');
    await press('Enter');
    expect(asked('playbook.runNext')).toHaveLength(5);
    await window().page.keyboard.type('-model');
    await press('Enter');
    await window().page.getByText('step 7 of 7').waitFor();
    expect(asked('playbook.runNext').at(-1)).toMatchObject({
      confirmation: { stepId: 'rollback', typed: 'ranking-model' },
    });
    await press('r');
    await window().page.keyboard.type('0.2× for ten minutes');
    await press('Control+Enter');
    await window().page.getByText('done', { exact: true }).waitFor();
    expect(asked('playbook.runNext').at(-1)).toMatchObject({ observed: '0.2× for ten minutes' });
  });

  it('a note goes on the timeline, the severity is confirmed, the phase moves with a reason', async () => {
    await begin('response', `#/incident/${INCIDENT_ID}`);
    await window().page.getByText('step 6 of 7').waitFor();
    await press('n');
    await window().page.keyboard.type('Asked ml-platform');
    await press('Control+Enter');
    await window().page.getByRole('region', { name: 'Timeline' }).getByText('Asked ml-platform').waitFor();
    await press('s');
    await window().page.getByRole('dialog').getByText('SEV-2 suggested.').waitFor();
    await press('Control+Enter');
    await window().page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(asked('incident.changeSeverity')).toMatchObject([{ severity: 'SEV-2', revision: 7 }]);
    await press('p');
    await window().page.keyboard.type('rolled back');
    await press('Enter');
    await expect
      .poll(() => asked('incident.changePhase'))
      .toMatchObject([{ to: 'resolving', reason: 'rolled back' }]);
  });

  it('every screen is two keys away, and the keys are said', async () => {
    await begin('page', '#/triage');
    await window().page.getByText('What changed').waitFor();
    for (const [letter, heading] of [
      ['o', 'Objectives'],
      ['s', 'Settings'],
      ['h', 'Health'],
      ['p', 'Postmortems'],
      ['t', 'Triage'],
    ] as const) {
      await press('g');
      await press(letter);
      await window().page.getByRole('heading', { level: 1, name: heading }).waitFor({ state: 'attached' });
    }
    // Whom it would tell is seen before; the reason is asked for, and sent from its field.
    await press('Shift+E');
    const escalate = window().page.getByRole('dialog', { name: /^Escalate ranking-latency/ });
    await escalate.getByText('Tells anna now, with sound: step 1 of 2 of its chain.').waitFor();
    await window().page.keyboard.type('The rollback fails');
    await press('Control+Enter');
    await window().page.getByText('Escalated to anna.').waitFor();
    await press('a');
    await window().page.getByText('INC-0147 acknowledged.').waitFor();
    await press('Shift+A');
    const rearm = window().page.getByRole('dialog', { name: 'Re-arm INC-0147' });
    await rearm.getByText(/1 alert, acknowledged by You, will be told again/).waitFor();
    await window().page.keyboard.type('My shift ends');
    await press('Control+Enter');
    await rearm.waitFor({ state: 'hidden' });
    expect([asked('alert.escalate'), asked('alert.rearm')]).toEqual([
      [{ alertId: 'ranking-latency', reason: 'The rollback fails' }],
      [{ alertId: 'ranking-latency', reason: 'My shift ends' }],
    ]);
    await window()
      .page.getByRole('button', { name: /^Acknowledge/ })
      .waitFor();
    await press('?');
    await window()
      .page.getByRole('dialog', { name: 'Keys of this screen' })
      .getByText('Acknowledge')
      .waitFor();
    await press('Escape');
    await press('j');
    await window().page.waitForFunction(() =>
      document.querySelector('[aria-selected="true"]')?.textContent?.includes('feature-store reads slow'),
    );
  });

  it('the palette finds incidents, objectives and commands from the first letter typed', async () => {
    await begin('response', '#/health');
    await window().page.getByRole('heading', { name: 'Workers' }).waitFor();
    await press('Control+k');
    await window().page.keyboard.type('ranking-lat');
    await window()
      .page.getByRole('option', { name: /ranking-latency/ })
      .waitFor();
    await press('Enter');
    await window().page.getByText('Budget remaining').first().waitFor();
    expect(window().page.url()).toContain('#/objectives/ranking-latency');
  });
});

describe.skipIf(missing !== null)('a key after g', () => {
  it('goes to a screen and does nothing else, also where the letter alone would', async () => {
    await begin('response', '#/triage');
    await window().page.getByText('What changed').waitFor();
    await press('g');
    await press('s');
    await window().page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await press('g');
    await press('i');
    await window().page.getByText('step 6 of 7').waitFor();
    await press('g');
    await press('p');
    await window().page.getByRole('heading', { level: 1, name: 'Postmortems' }).waitFor();
    expect(await window().page.getByRole('dialog').count()).toBe(0);
  });
});

describe.skipIf(missing !== null)('the postmortem', () => {
  const section = (name: string) => window().page.getByRole('region', { name });

  it('saves what is written a moment after the last key, and exports it', async () => {
    await begin('after', `#/incident/${INCIDENT_ID}/postmortem`);
    await section('Where we got lucky').waitFor();
    await press('e');
    await window().page.keyboard.type('Nobody **tested** it.');
    await window().page.getByText('Not saved yet').or(window().page.getByText('Saving…')).waitFor();
    await window().page.getByText('Saved', { exact: true }).waitFor();
    expect(
      core()
        .state.postmortems.get(INCIDENT_ID)
        ?.sections.find((one) => one.id === 'contributing-factors')?.text,
    ).toBe('Nobody **tested** it.');
    await press('Escape');
    expect(await section('Contributing factors').locator('strong').textContent()).toBe('tested');
    await press('x');
    await window().page.getByText(`exports/${INCIDENT_ID}`, { exact: true }).waitFor();
  });

  it('asks when somebody else changed the same section, and overwrites nothing', async () => {
    await begin('after', `#/incident/${INCIDENT_ID}/postmortem`);
    await section('Where we got lucky').waitFor();
    const mine = core().state.postmortems.get(INCIDENT_ID);
    if (!mine) throw new Error('no draft');
    core().state.postmortems.set(INCIDENT_ID, {
      ...mine,
      revision: 4,
      sections: mine.sections.map((one) => (one.id === 'went-poorly' ? { ...one, text: 'theirs' } : one)),
    });
    await window().page.getByRole('button', { name: 'Write: What went poorly' }).click();
    await window().page.keyboard.type('mine');
    await section('What went poorly').getByText('Somebody else changed this section').waitFor();
    expect(
      core()
        .state.postmortems.get(INCIDENT_ID)
        ?.sections.find((one) => one.id === 'went-poorly')?.text,
    ).toBe('theirs');
    await section('What went poorly').getByRole('button', { name: 'Keep mine' }).click();
    await window().page.getByText('Saved', { exact: true }).waitFor();
    expect(
      core()
        .state.postmortems.get(INCIDENT_ID)
        ?.sections.find((one) => one.id === 'went-poorly')?.text,
    ).toBe('mine');
  });

  it('keeps what is written while the core is away, and saves it when it is back', async () => {
    await begin('after', `#/incident/${INCIDENT_ID}/postmortem`);
    await section('Where we got lucky').waitFor();
    core().setReachable(false);
    await window().page.getByText('Offline since').waitFor();
    await window().page.getByRole('button', { name: 'Write: What went poorly' }).click();
    await window().page.keyboard.type('written on the train');
    await window()
      .page.getByText(/^Not saved: /)
      .waitFor();
    core().setReachable(true);
    await window().page.getByText('Saved', { exact: true }).waitFor({ timeout: 15_000 });
    expect(
      core()
        .state.postmortems.get(INCIDENT_ID)
        ?.sections.find((one) => one.id === 'went-poorly')?.text,
    ).toBe('written on the train');
  });
});

describe.skipIf(missing !== null)('a step whose outcome is unknown', () => {
  it('runs nothing until a person says what is true', async () => {
    await begin('response', `#/incident/${INCIDENT_ID}`);
    await window().page.getByText('step 6 of 7').waitFor();
    const run = core().state.collections.runs.get('run-31');
    if (!run) throw new Error('no run');
    core().state.put('runs', {
      ...run,
      steps: run.steps.map((one) =>
        one.stepId === 'rollback'
          ? { ...one, phase: 'unknown', input: 'POST http://127.0.0.1:9000/rollback' }
          : one,
      ),
    });
    await window().page.getByText('Outcome unknown.').waitFor();
    await press('r');
    await window()
      .page.getByText(/say what is true before the next one runs/)
      .waitFor();
    expect(asked('playbook.runNext')).toEqual([]);
    await window().page.getByRole('button', { name: 'It was done' }).click();
    await window().page.getByText('step 7 of 7').waitFor();
    expect(asked('playbook.decide')).toEqual([{ runId: 'run-31', stepId: 'rollback', decision: 'done' }]);
  });
});
