import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../shared/contract/index.ts';
import type { PastWatch } from '../slo/index.ts';
import { answering, procedures } from './context.ts';
import { createPastLooks } from './past-looks.ts';

type Inputs = InferContractRouterInputs<typeof contract>['objective'];
type Outputs = InferContractRouterOutputs<typeof contract>['objective'];

/** What a window may ask of objectives beside their live state; the handlers answer or throw coded errors. */
export interface ObjectivePart {
  policies(): Outputs['policies'];
  detectionTimes(input: Inputs['detectionTimes']): Outputs['detectionTimes'];
  alertHistory(input: Inputs['alertHistory'], watch?: PastWatch): Promise<Outputs['alertHistory']>;
  whatIf(input: Inputs['whatIf'], watch?: PastWatch): Promise<Outputs['whatIf']>;
  tryOut(input: Inputs['tryOut'], watch?: PastWatch): Promise<Outputs['tryOut']>;
  changeEdits(input: Inputs['changeEdits']): Promise<Outputs['changeEdits']>;
  spentBy(input: Inputs['spentBy'], watch?: PastWatch): Promise<Outputs['spentBy']>;
  corrections(input: Inputs['corrections']): Outputs['corrections'];
  addCorrection(input: Inputs['addCorrection'], by: string): Promise<Outputs['addCorrection']>;
  revokeCorrection(input: Inputs['revokeCorrection'], by: string): Promise<Outputs['revokeCorrection']>;
  report(input: Inputs['report'], watch?: PastWatch): Promise<Outputs['report']>;
  saveReport(input: Inputs['saveReport']): Promise<Outputs['saveReport']>;
}

/** Requests about objectives. */
export function objectiveRouter(part: ObjectivePart) {
  const at = procedures.objective;
  const looks = createPastLooks();
  return at.router({
    policies: at.policies.handler(() => part.policies()),
    detectionTimes: at.detectionTimes.handler(({ input, errors }) =>
      answering(errors, () => part.detectionTimes(input)),
    ),
    alertHistory: at.alertHistory.handler(({ input, signal, errors }) =>
      answering(errors, () => looks.during(input.ask, signal, (watch) => part.alertHistory(input, watch))),
    ),
    whatIf: at.whatIf.handler(({ input, signal, errors }) =>
      answering(errors, () => looks.during(input.ask, signal, (watch) => part.whatIf(input, watch))),
    ),
    changeEdits: at.changeEdits.handler(({ input, errors }) =>
      answering(errors, () => part.changeEdits(input)),
    ),
    tryOut: at.tryOut.handler(({ input, signal, errors }) =>
      answering(errors, () => looks.during(input.ask, signal, (watch) => part.tryOut(input, watch))),
    ),
    progress: at.progress.handler(({ input }) => looks.progress(input.ask)),
    spentBy: at.spentBy.handler(({ input, signal, errors }) =>
      answering(errors, () => looks.during(input.ask, signal, (watch) => part.spentBy(input, watch))),
    ),
    corrections: at.corrections.handler(({ input }) => part.corrections(input)),
    addCorrection: at.addCorrection.handler(({ input, context, errors }) =>
      answering(errors, () => part.addCorrection(input, context.actor)),
    ),
    revokeCorrection: at.revokeCorrection.handler(({ input, context, errors }) =>
      answering(errors, () => part.revokeCorrection(input, context.actor)),
    ),
    report: at.report.handler(({ input, signal, errors }) =>
      answering(errors, () => looks.during(input.ask, signal, (watch) => part.report(input, watch))),
    ),
    saveReport: at.saveReport.handler(({ input, errors }) => answering(errors, () => part.saveReport(input))),
  });
}
