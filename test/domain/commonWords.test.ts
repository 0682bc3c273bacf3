import { commonWords } from '../../domain/kinds/commonWords';

test.each([
  ['O CEP é de SP', 'O CEP é de SP', 'O CEP é de SP'],
  ['O CEP é de RJ, e a UF do cadastro é SP.', 'O CEP é de SP, e a UF do cadastro é RJ.', 'O CEP é de …'],
  ['Nome inválido: Ana', 'Nome inválido: Zé', null],
  [null, null, null],
])('of %p and %p all say %p', (first, last, common) => {
  expect(commonWords(first, last)).toBe(common);
});
