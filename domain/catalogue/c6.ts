import type { CatalogueEntry } from './entry';

export const c6: readonly CatalogueEntry[] = [
  {
    codes: [],
    text: '* já existe uma requisição à CIP sujeita a aprovação *',
    kind: 'state',
    cause: 'O registro do boleto ainda não foi confirmado na base central dos bancos, e ele não aceita comandos.',
    fixer: 'nobody',
    field: null,
    advice: 'Nada a fazer: o sistema tenta de novo; leva até 25 minutos.',
    source: 'Documentação bank_slips v1, visto no sandbox por integradores',
  },
];
