//! Canonical forms of plans: their bytes, and that different plans have different ones.

mod common;

use common::{condition, n, s, ss, update};
use stator_expr::{Canonical, CanonicalForm};

fn form(plan: &impl Canonical) -> Vec<u8> {
    let mut form = CanonicalForm::default();
    plan.write(&mut form);
    form.as_bytes().to_vec()
}

/// The bytes of a form whose counts are written short: `~3` is the count 3.
fn bytes(text: &str) -> Vec<u8> {
    let byte = |digits: &str| u8::from_str_radix(digits, 16).expect(digits);
    let word = |word: &str| match word.strip_prefix('~') {
        Some(count) => count.parse::<u64>().expect(count).to_be_bytes().to_vec(),
        None => vec![byte(word)],
    };
    text.split_whitespace().flat_map(word).collect()
}

#[test]
fn the_form_of_a_condition_is_the_documented_one() {
    let text = "NOT a[2].b = :x OR size(a) < :x AND attribute_exists(c)";
    let expected = "01 ~6
        01 01 01  01 ~1 61 ~2 02 ~2 01 ~1 62  02 ~3 01 01 78
        02
        04 ~6
        01 01 03  03 01 ~1 61 ~0  02 ~3 01 01 78
        03 ~6
        01 04  ~1 63 ~0";
    assert_eq!(form(&condition(text, &[(":x", s("x"))]).unwrap()), bytes(expected));
    let text = "a IN (:x) AND a BETWEEN :x AND :x AND attribute_not_exists(a)";
    let expected = "01 ~5
        01 03  01 ~1 61 ~0  ~1 02 ~3 01 01 78
        03 ~3
        01 02  01 ~1 61 ~0  02 ~3 01 01 78  02 ~3 01 01 78
        03 ~5
        01 05  ~1 61 ~0";
    assert_eq!(form(&condition(text, &[(":x", s("x"))]).unwrap()), bytes(expected));
    let text = "attribute_type(a, :x) AND begins_with(a, :x) AND contains(a, :x)";
    let expected = "01 ~5
        01 06  01 ~1 61 ~0  ~1 53
        03 ~3
        01 07  01 ~1 61 ~0  02 ~3 01 01 53
        03 ~5
        01 08  01 ~1 61 ~0  02 ~3 01 01 53";
    assert_eq!(form(&condition(text, &[(":x", s("S"))]).unwrap()), bytes(expected));
}

#[test]
fn the_form_of_an_update_is_the_documented_one() {
    let text = "SET a = b, c = a + b, d = if_not_exists(a, :x) - b, e = list_append(a, b) \
                REMOVE f ADD g :y DELETE h :y";
    let expected = "01 ~7
        ~1 61 ~0  01 01 01 ~1 62 ~0
        ~1 63 ~0  01 02 01 ~1 61 ~0  01 ~1 62 ~0
        ~1 64 ~0  01 03 03 ~1 61 ~0 02 ~3 01 01 78  01 ~1 62 ~0
        ~1 65 ~0  01 01 04 01 ~1 61 ~0 01 ~1 62 ~0
        ~1 66 ~0  02
        ~1 67 ~0  03 ~7 07 02 00 00 00 01 79
        ~1 68 ~0  04 ~7 07 02 00 00 00 01 79";
    let planned = update(text, &[(":x", s("x")), (":y", ss(["y"]))]).unwrap();
    assert_eq!(form(&planned), bytes(expected));
}

#[test]
fn different_plans_have_different_forms() {
    let given = [(":x", s("x")), (":y", s("y")), (":n", n("1"))];
    let conditions = [
        "a = :x",
        "a = :y",
        "b = :x",
        ":x = a",
        "a <> :x",
        "a < :x",
        "a <= :x",
        "a > :x",
        "a >= :x",
        "a.b = :x",
        "a[1] = :x",
        "a[0] = :x",
        "NOT a = :x",
        "NOT NOT a = :x",
        "a = :x AND b = :x",
        "a = :x OR b = :x",
        "a = :x AND b = :x OR c = :x",
        "a = :x AND (b = :x OR c = :x)",
        "a IN (:x)",
        "a IN (:x, :y)",
        "a BETWEEN :x AND :y",
        "size(a) = :n",
        "a = :n",
        "attribute_exists(a)",
        "attribute_not_exists(a)",
        "begins_with(a, :x)",
        "contains(a, :x)",
        "ab = :x",
        "a.ab = :x",
        "aa.b = :x",
    ];
    let planned = conditions.iter().map(|text| form(&condition(text, &given).expect(text)));
    let mut forms: Vec<_> = planned.collect();
    let updates = [
        "SET a = :n",
        "SET a = :x",
        "SET a = b",
        "SET a = a + :n",
        "SET a = a - :n",
        "SET a = :n + a",
        "SET a = if_not_exists(a, :n)",
        "SET a = list_append(a, b)",
        "SET a = list_append(b, a)",
        "REMOVE a",
        "REMOVE a[1]",
        "ADD a :n",
        "SET a = b, c = d",
        "SET c = d, a = b",
        "REMOVE a, b",
        "REMOVE ab",
    ];
    forms.extend(updates.iter().map(|text| form(&update(text, &given).expect(text))));
    let count = forms.len();
    forms.sort();
    forms.dedup();
    assert_eq!(forms.len(), count);
}
