// The bus in the simulator, whose faults are its weather, against its acceptance suite.

import { busContract } from '../../contracts/bus.ts';
import { simulatedBus } from '../../contracts/bus-simulated.ts';

busContract('the bus in a simulated world', simulatedBus);
