export { fieldName } from '../domain/erpNames';
