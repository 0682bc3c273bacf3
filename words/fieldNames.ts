export { fieldName } from '../domain/receivable/erpNames';
