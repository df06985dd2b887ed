/* Amends, what to read before asking: written answers and solved cases that are about what a visitor types. It is
   compared here, in the browser: nothing of it is sent. The service adds `index` at the end, as
   site/amends/board/machines/similar.py wrote it; terms.py beside that file cuts texts into the same terms. */

const ENOUGH = 140; // thousandths; tests/browser/test_similar.py says what that finds and what it offers in vain

const MARKS = /[\u0300-\u036f\u0640\u064b-\u065f\u0670]/g;
const RUN = /[a-z0-9ß-öø-ſ]+|[а-џ]+|[ء-ي]+|(?:(?![的了是我你他她它您们們在就也都很还還这這那個个吗嗎呢吧啊和与與])[㐀-鿿])+/g;
const ENDS = /^(?:[وفبك]?ال|لل)(?=..)|(?<=...)(?:e?s|en?|[аеиоуыьюя]+)$/;

/* Returns at most `most` texts to offer, best first: {kind: 'answer' or 'case', title, href, language}. Of two that are
   as good, the one in `language` comes first. One shared word alone is no reason to offer anything. */
export function similar(text, language, most = 3) {
  const asked = [...new Set(terms(text))];
  const liked = [];
  for (const { terms, ...offer } of index.texts) {
    const shared = asked.filter(term => term in terms);
    const sum = shared.reduce((sum, term) => sum + terms[term], 0);
    const score = sum / Math.sqrt(asked.length);
    if (shared.length > 1 && score >= ENOUGH) liked.push({ offer, score, own: offer.language == language });
  }
  liked.sort((one, other) => other.score - one.score || other.own - one.own);
  return liked.slice(0, most).map(({ offer }) => offer);
}

/* Returns the terms of a text: the beginnings of words, and pairs of neighbouring Chinese characters. */
export function terms(text) {
  return (text.normalize('NFD').toLowerCase().replace(MARKS, '').match(RUN) || []).flatMap(run => {
    if (run >= '㐀') return [...run.slice(1)].map((character, at) => run[at] + character);
    return /^(\d+|.)$/.test(run) ? [] : run.replace(ENDS, '').slice(0, 6);
  });
}
