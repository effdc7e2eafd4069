import { oc } from '@orpc/contract';
import { z } from 'zod';
import { EvidenceChart, Incident, IncidentPhase, TimelineEntry } from '../model/incident.ts';
import { Severity } from '../model/priority.ts';
import { Binary } from './binary.ts';
import { contractErrors } from './error.ts';

const base = oc.errors(contractErrors);
const Id = z.object({ id: z.string().max(200) });

export const incidentContract = {
  /** Entries after the given number, oldest first. */
  timeline: base.input(Id.extend({ afterSeq: z.number().int().min(0) })).output(z.array(TimelineEntry)),
  evidence: base.input(Id).output(z.array(EvidenceChart)),
  /** The kept samples of one chart, as a series file (see `series.ts`). */
  evidenceSamples: base.input(z.object({ evidenceId: z.string().max(200) })).output(Binary),
  acknowledge: base.input(Id).output(Incident),
  changePhase: base
    .input(Id.extend({ to: IncidentPhase, reason: z.string().max(2_000), revision: z.number().int() }))
    .output(Incident),
  changeSeverity: base
    .input(Id.extend({ severity: Severity, reason: z.string().max(2_000), revision: z.number().int() }))
    .output(Incident),
  addNote: base.input(Id.extend({ text: z.string().min(1).max(10_000) })).output(Incident),
  openByHand: base
    .input(z.object({ title: z.string().min(1).max(300), service: z.string().max(200), severity: Severity }))
    .output(Incident),
};
