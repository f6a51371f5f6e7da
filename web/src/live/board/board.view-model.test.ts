import { describe, expect, it } from 'vitest';
import { agents, board, manyAgents, NOW, queues, totals } from '../../testing/cast.ts';
import { busyOf, commonTarget, countByFilter, fits, isLate, queueTone, readBoard, searchAgents, sortAgents, sortQueues, waitsLong } from './board.view-model.ts';

describe('the board', () => {
  it('[S4.12] counts agents by state', () => {
    expect(countByFilter(agents, NOW)).toEqual({ all: 11, late: 2, busy: 5, free: 2, away: 2, offline: 0 });
    expect(busyOf(totals())).toEqual({ busy: 5, signedIn: 9 });
  });

  it('[S4.13] shows who waits in each queue, those who need somebody first', () => {
    expect(sortQueues(queues, NOW).map(({ name }) => name)).toEqual(['Pedidos y entregas', 'Ventas', 'Alquiler de maquinaria', 'Posventa']);
    expect(queueTone(queues[0]!, NOW)).toBe('amber');
    expect(queueTone(queues[1]!, NOW)).toBe('red');
    expect(queueTone(queues[2]!, NOW)).toBe('');
    // The same queue grows red by waiting alone.
    expect(queueTone(queues[0]!, NOW + 30_000)).toBe('red');
    // One that misses its target is red with a wait that has only begun; the wait itself is not.
    const missing = { ...queues[1]!, longestWaitSince: NOW - 1_000 };
    expect([queueTone(missing, NOW), waitsLong(missing, NOW)]).toEqual(['red', false]);
  });

  it('[S4.14] reads lines in use from the totals', () => {
    expect(readBoard(board()).totals).toMatchObject({ linesInUse: 13, linesInbound: 9, linesOutbound: 4, lineLimit: 30 });
  });

  it('has what each status is called, once for all agents', () => {
    const { statuses, agents: people } = readBoard(board());
    const away = people.filter((agent) => fits(agent, 'away', NOW));
    expect(away.map(({ statusId }) => statuses.get(statusId)?.names)).toEqual([{ es: 'Pausa', en: 'Break' }, { es: 'En capacitación', en: 'In training' }]);
  });

  it('puts first who is past a limit, then who does not answer, and last who is away', () => {
    expect(sortAgents(agents, 'attention', NOW).map(({ name }) => name)).toEqual(['Agente 12', 'Agente 07', 'Agente 05', 'Agente 15', 'Carla', 'Agente 21', 'Agente 09', 'Agente 18', 'Agente 03', 'Agente 24', 'Agente 11']);
    expect(sortAgents(agents, 'name', NOW)[0]!.name).toBe('Agente 03');
    expect(sortAgents(agents, 'time', NOW)[0]!.name).toBe('Agente 24');
  });

  it('knows a limit that runs out while one looks', () => {
    const carla = agents.find(({ name }) => name === 'Carla')!;
    expect(isLate(carla, NOW)).toBe(false);
    expect(isLate(carla, NOW + 240_000)).toBe(true);
    expect(fits(carla, 'late', NOW + 240_000)).toBe(true);
  });

  it('finds people without their accents, and by extension', () => {
    expect(searchAgents([{ ...agents[0]!, name: 'Fabián' }], 'fabian')).toHaveLength(1);
    expect(searchAgents(agents, '212').map(({ name }) => name)).toEqual(['Agente 12']);
    expect(searchAgents(agents, ' ')).toHaveLength(11);
  });

  it('shows a target only when every queue has it', () => {
    expect(commonTarget(queues)).toBe(0.8);
    expect(commonTarget([...queues, { ...queues[0]!, serviceLevelTarget: 0.9 }])).toBeNull();
    expect(commonTarget([])).toBeNull();
  });

  it('keeps every one of 2,000 agents', () => {
    const shown = readBoard(board({}, manyAgents(2_000)));
    expect(shown.agents).toHaveLength(2_000);
    expect(sortAgents(shown.agents, 'attention', NOW)).toHaveLength(2_000);
  });
});
