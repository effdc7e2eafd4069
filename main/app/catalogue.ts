import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CodedError } from '../../shared/error/coded.ts';
import { CatalogueFile } from '../../shared/model/catalogue.ts';
import { readYaml } from '../workspace/index.ts';
import { assetUrl } from './entry.ts';

/** The signal catalogue that comes with the application, in order of name. */
export function readCatalogue(): CatalogueFile[] {
  const folder = fileURLToPath(assetUrl('catalogue/'));
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => {
      const { documents, problems } = readYaml(readFileSync(`${folder}/${name}`, 'utf8'));
      const parsed = CatalogueFile.safeParse(documents[0]?.value);
      if (problems.length === 0 && parsed.success) return parsed.data;
      const what = problems[0]?.message ?? parsed.error?.issues[0]?.message ?? '';
      throw new CodedError(
        'catalogue-damaged',
        `assets/catalogue/${name} cannot be read (${what}). Install Midwatch again.`,
      );
    });
}
