import { parse } from 'yaml';
import { z } from 'zod';
import { PolicyConfig } from '../../shared/config/policy.ts';
import { messageOf } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';

/** More text than this is no policy: YAML can be made to cost far more than its size. */
const POLICY_CHARS_MAX = 64 * 1024;

/** Reads the text of a policy file; the message of a refusal names the file and the place. */
export function readPolicy(text: string, file: string): Result<PolicyConfig, string> {
  if (text.length > POLICY_CHARS_MAX) {
    return err(
      `${file} has ${text.length} characters, more than the ${POLICY_CHARS_MAX} a policy may have; it was not read.`,
    );
  }
  let raw: unknown;
  try {
    raw = parse(text, { maxAliasCount: 10 });
  } catch (thrown) {
    return err(`${file} is not YAML, so its policy cannot be used: ${messageOf(thrown)}`);
  }
  const policy = PolicyConfig.safeParse(raw);
  if (policy.success) return ok(policy.data);
  return err(`${file} is not a burn-rate policy, so it cannot be used. ${z.prettifyError(policy.error)}`);
}
