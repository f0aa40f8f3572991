import { join } from 'node:path';
import type { Inventory } from '../../src/core/inventory/inventory.ts';
import type { InventorySource } from '../../src/language/inventory/inventory-source.ts';
import { readInventory } from '../../src/language/inventory/read-inventory.ts';

export const fixtures = join(import.meta.dirname, '../fixtures/language');
export const fleetDir = join(fixtures, 'fleet');
export const fleetSource: InventorySource = { dir: fleetDir, home: '/home/kim', user: 'kim', identities: new Map() };

/** The inventory of the fixture project. */
export const fleet = (): Inventory => readInventory(fleetSource);
