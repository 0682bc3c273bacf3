import { randomUUID } from 'node:crypto';
import { bankErrors } from '../../db/bankErrors';
import { createTestDatabase } from '../support/database';
import { createAccount, createAttempt, createBatch, createBoleto, createCarteira, createItem, createReceivable } from '../support/record';
