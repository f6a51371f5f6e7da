import { EmbeddedHarness } from '../testing/embedded-harness.ts';
import { describePort } from '../testing/port-contract.ts';

describePort('embedded switch', () => EmbeddedHarness.start());
