import { describePort, LEGS_AND_BRIDGES } from '../testing/port-contract.ts';
import { SimulatedHarness } from '../testing/simulated-harness.ts';

// Left out: no sound, no wire, no trunks of its own, and a command that cannot be done is passed over in silence.
describePort('simulated', () => Promise.resolve(new SimulatedHarness()), LEGS_AND_BRIDGES);
