// Reports of one record: the text for a terminal, and the page.

import { renderRunHtml } from '../../reports/html/index.ts';
import { renderPretty } from '../../reports/index.ts';
import { runCampaign } from '../../simulator/campaign/index.ts';
import { leanKernel } from '../reference.ts';
import type { Suite } from '../suite.ts';

const PAGES = 5;
const TEXTS = 200;
const plain = (text: string): string => text;
const colors = { bold: plain, dim: plain, green: plain, red: plain, yellow: plain };

export const reportsSuite: Suite = {
  name: 'reports',
  about: 'reports of a campaign of 50 runs',
  async open() {
    const record = await runCampaign({
      scenario: 'order-processing',
      profile: 'storm',
      rootSeed: 'reports',
      seeds: 50,
      workers: 1,
    });
    const page = renderRunHtml(record);
    return {
      measures: [
        {
          id: 'reports/page',
          title: 'HTML page',
          unit: 'pages',
          count: PAGES,
          run() {
            for (let i = 0; i < PAGES; i++)
              if (renderRunHtml(record) !== page) throw new Error('another page');
          },
          reference: leanKernel,
        },
        {
          id: 'reports/terminal',
          title: 'text for a terminal',
          unit: 'texts',
          count: TEXTS,
          run() {
            for (let i = 0; i < TEXTS; i++) renderPretty(record, { colors, width: 100 });
          },
          reference: leanKernel,
        },
      ],
      close: () => undefined,
    };
  },
};
