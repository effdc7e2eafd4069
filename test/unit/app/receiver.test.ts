import { describe, expect, it } from 'vitest';
import { receiversOf } from '../../../main/app/receiver.ts';
import { defaultRouting, RoutingConfig } from '../../../shared/config/routing.ts';
import { Receiver } from '../../../shared/model/notification.ts';

const byId = (routing: RoutingConfig) => new Map(receiversOf(routing).map((one) => [one.id, one]));

describe('the receivers that a window shows', () => {
  it('stand in the order of the routes, the most urgent first, and are what the contract says', () => {
    const all = receiversOf(defaultRouting());
    expect(all.map((one) => one.id)).toEqual([
      'on_call_engineer',
      'backup_engineer',
      'incident_commander',
      'primary_team',
      'team_lead',
      'slack_channel',
      'email_group',
      'ticket_system',
      'second_channel',
    ]);
    expect(all.map((one) => one.position)).toEqual(all.map((_, index) => index));
    for (const one of all) expect(Receiver.parse(one)).toEqual(one);
  });

  it('say in which routes and at which hours they are told', () => {
    const all = byId(defaultRouting());
    expect(all.get('on_call_engineer')?.routes).toEqual([
      { priority: 'P0', hours: 'always', sound: true },
      { priority: 'P1', hours: 'out', sound: false },
    ]);
    expect(all.get('primary_team')?.routes).toEqual([{ priority: 'P1', hours: 'in', sound: true }]);
    expect(all.get('ticket_system')?.routes).toEqual([{ priority: 'P3', hours: 'always', sound: false }]);
    expect(all.get('second_channel')).toMatchObject({
      routes: [],
      escalations: [{ priority: 'P0', afterMs: 300_000 }],
    });
  });

  it('are told always where both hours say the same, and twice where the sound differs', () => {
    const route = (sound: boolean) =>
      RoutingConfig.parse({
        routes: { P1: { receivers: ['lead'], sound: true, out_of_hours: { receivers: ['lead'], sound } } },
      });
    expect(byId(route(true)).get('lead')?.routes).toEqual([{ priority: 'P1', hours: 'always', sound: true }]);
    expect(byId(route(false)).get('lead')?.routes).toEqual([
      { priority: 'P1', hours: 'in', sound: true },
      { priority: 'P1', hours: 'out', sound: false },
    ]);
  });

  it('have the default channels where they have none of their own', () => {
    const all = byId(RoutingConfig.parse({ receivers: { on_call_engineer: [{ kind: 'browser' }] } }));
    expect(all.get('on_call_engineer')).toMatchObject({
      ownChannels: true,
      channels: [{ kind: 'browser', address: null }],
    });
    expect(all.get('team_lead')).toMatchObject({
      ownChannels: false,
      channels: [
        { kind: 'desktop', address: null },
        { kind: 'browser', address: null },
      ],
    });
  });

  it('never carry what could be a secret of a webhook', () => {
    const webhook = (url: string) => ({ kind: 'webhook', url });
    const all = byId(
      RoutingConfig.parse({
        receivers: {
          spare: [
            webhook('https://chat.example/services/T0/B0/s3cret'),
            webhook('https://chat.example/?key=s3cret'),
            webhook('http://127.0.0.1:8080'),
            webhook('env:CHAT_URL'),
          ],
        },
      }),
    );
    expect(all.get('spare')?.channels.map((one) => one.address)).toEqual([
      'https://chat.example/…',
      'https://chat.example/…',
      'http://127.0.0.1:8080',
      'env:CHAT_URL',
    ]);
    expect(all.get('spare')?.routes).toEqual([]);
  });
});
