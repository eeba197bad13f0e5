//! Planning conditions, filters and key conditions.

use model::limits::IN_OPERANDS_MAX;
use model::{Operand, ValueRef};

use super::operand::{Resolved, check_distinct, check_type};
use super::path::check_words;
use crate::condition::{Condition, Formula, Term, Test};
use crate::fault::Fault;
use crate::function::FunctionName;
use crate::lookup::Paths;
use crate::operand::Shown;
use crate::placeholders::Placeholders;
use crate::syntax::tree;

/// Types with an order.
const ORDERED_TYPES: &[&str] = &["S", "N", "B"];
/// Types with a beginning.
const PREFIXED_TYPES: &[&str] = &["S", "B"];
/// Types with a size.
const SIZED_TYPES: &[&str] = &["S", "B", "SS", "NS", "BS", "L", "M"];
/// Every type, as `attribute_type` takes them.
const TYPE_NAMES: &[&str] = &["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"];

/// Plans a condition.
pub(super) fn plan(
    placeholders: &Placeholders,
    tree: &tree::Condition<'_>,
) -> Result<Condition, Fault> {
    tree.tests().try_for_each(check_function_names)?;
    tree.tests().try_for_each(check_function_places)?;
    tree.tests().try_for_each(check_test_words)?;
    let mut paths = Paths::default();
    let tests = tree.try_map(|test| plan_test(placeholders, test, &mut paths))?;
    paths.settle();
    Ok(Condition { formula: Formula::Tests { tests, paths } })
}

fn check_function_names(test: &tree::Test<'_>) -> Result<(), Fault> {
    let operands = test.operands();
    let inner = operands.iter().filter_map(|operand| operand.function());
    for function in test.function().into_iter().chain(inner) {
        if FunctionName::of(function.name)?.is_of_updates() {
            return Err(Fault::function_not_in_condition(function.name));
        }
    }
    Ok(())
}

/// `size` is an operand and nothing else; all other functions are conditions and nothing else.
fn check_function_places(test: &tree::Test<'_>) -> Result<(), Fault> {
    let is_size = |function: &&tree::Function<'_>| function.name == FunctionName::Size.text();
    let operands = test.operands();
    let mut inner = operands.iter().filter_map(|operand| operand.function());
    let misplaced =
        test.function().filter(is_size).or_else(|| inner.find(|function| !is_size(function)));
    misplaced.map_or(Ok(()), |function| Err(Fault::misplaced_function(function.name)))
}

fn check_test_words(test: &tree::Test<'_>) -> Result<(), Fault> {
    check_words(test.operands().iter().filter_map(|operand| operand.path()))
}

fn plan_test(
    placeholders: &Placeholders,
    test: &tree::Test<'_>,
    paths: &mut Paths,
) -> Result<Test, Fault> {
    let resolved = |operand| Resolved::new(placeholders, operand);
    match test {
        tree::Test::Compare { comparator, left, right } => {
            compare(*comparator, [resolved(left)?, resolved(right)?], paths)
        }
        tree::Test::Between { operand, low, high } => {
            between([resolved(operand)?, resolved(low)?, resolved(high)?], paths)
        }
        tree::Test::In { operand, list } => {
            is_in(resolved(operand)?, Resolved::all(placeholders, list)?, paths)
        }
        tree::Test::Function(function) => {
            let arguments = Resolved::all(placeholders, &function.arguments)?;
            function_test(FunctionName::of(function.name)?, arguments, paths)
        }
    }
}

fn compare(
    comparator: tree::Comparator,
    [left, right]: [Resolved<'_>; 2],
    paths: &mut Paths,
) -> Result<Test, Fault> {
    check_counts([&left, &right])?;
    check_distinct(comparator.symbol(), &left, [&right])?;
    if comparator.orders() {
        check_type(comparator.symbol(), left.static_type(), ORDERED_TYPES)?;
        check_type(comparator.symbol(), right.static_type(), ORDERED_TYPES)?;
    }
    Ok(Test::Compare { comparator, left: term(left, paths)?, right: term(right, paths)? })
}

fn between([operand, low, high]: [Resolved<'_>; 3], paths: &mut Paths) -> Result<Test, Fault> {
    check_counts([&operand, &low, &high])?;
    check_distinct("BETWEEN", &operand, [&low, &high])?;
    for one in [&operand, &low, &high] {
        check_type("BETWEEN", one.static_type(), ORDERED_TYPES)?;
    }
    if let (Resolved::Value(low), Resolved::Value(high)) = (&low, &high) {
        check_bounds(low, high)?;
    }
    Ok(Test::Between {
        term: term(operand, paths)?,
        low: term(low, paths)?,
        high: term(high, paths)?,
    })
}

fn check_bounds(low: &Operand, high: &Operand) -> Result<(), Fault> {
    let (low, high) = (low.value(), high.value());
    match low.compare(&high) {
        None => Err(Fault::between_types(&Shown(low), &Shown(high))),
        Some(order) if order.is_gt() => Err(Fault::between_order(&Shown(low), &Shown(high))),
        Some(_) => Ok(()),
    }
}

fn is_in(operand: Resolved<'_>, list: Vec<Resolved<'_>>, paths: &mut Paths) -> Result<Test, Fault> {
    debug_assert!(!list.is_empty(), "the grammar has no empty list");
    if list.len() > IN_OPERANDS_MAX {
        return Err(Fault::too_many_in_operands(list.len()));
    }
    check_counts(std::iter::once(&operand).chain(&list))?;
    check_distinct("IN", &operand, &list)?;
    // What is wrong in the list comes before what is wrong with the operand in front of it.
    list.iter().try_for_each(check_sized)?;
    let term = term(operand, paths)?;
    let list = list.into_iter().map(|one| self::term(one, paths)).collect::<Result<_, _>>()?;
    Ok(Test::In { term, list })
}

fn function_test(
    name: FunctionName,
    arguments: Vec<Resolved<'_>>,
    paths: &mut Paths,
) -> Result<Test, Fault> {
    match name {
        FunctionName::AttributeExists => {
            path_argument(name, arguments).map(|path| Test::Exists(paths.add(path)))
        }
        FunctionName::AttributeNotExists => {
            path_argument(name, arguments).map(|path| Test::NotExists(paths.add(path)))
        }
        FunctionName::AttributeType => attribute_type(arguments, paths),
        FunctionName::BeginsWith => {
            let [first, second] = exactly(name, arguments)?;
            check_counts([&first, &second])?;
            check_distinct(name.text(), &first, [&second])?;
            check_type(name.text(), first.static_type(), PREFIXED_TYPES)?;
            check_type(name.text(), second.static_type(), PREFIXED_TYPES)?;
            Ok(Test::BeginsWith { term: term(first, paths)?, prefix: term(second, paths)? })
        }
        FunctionName::Contains => {
            let [first, second] = exactly(name, arguments)?;
            check_counts([&first, &second])?;
            check_distinct(name.text(), &first, [&second])?;
            Ok(Test::Contains { term: term(first, paths)?, element: term(second, paths)? })
        }
        FunctionName::Size | FunctionName::IfNotExists | FunctionName::ListAppend => {
            Err(Fault::misplaced_function(name.text()))
        }
    }
}

fn path_argument(
    name: FunctionName,
    arguments: Vec<Resolved<'_>>,
) -> Result<crate::path::Path, Fault> {
    let [argument] = exactly(name, arguments)?;
    match argument {
        Resolved::Path(path) => Ok(path),
        Resolved::Value(_) | Resolved::Function { .. } => Err(Fault::path_required(name.text())),
    }
}

/// The type is a string given with the request, never an attribute (Alternator's
/// test_update_condition_attribute_type_second_arg, run against AWS, 2026-11).
fn attribute_type(arguments: Vec<Resolved<'_>>, paths: &mut Paths) -> Result<Test, Fault> {
    let name = FunctionName::AttributeType;
    let [operand, type_name] = exactly(name, arguments)?;
    check_counts([&operand, &type_name])?;
    check_distinct(name.text(), &operand, [&type_name])?;
    let wanted = match &type_name {
        Resolved::Value(value) => match value.value() {
            ValueRef::S(wanted) => Some(wanted),
            _ => None,
        },
        Resolved::Path(_) | Resolved::Function { .. } => None,
    };
    let Some(wanted) = wanted else {
        let any = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}";
        return Err(Fault::operand_type(name.text(), type_name.static_type().unwrap_or(any)));
    };
    match TYPE_NAMES.iter().find(|known| wanted == **known) {
        Some(known) => Ok(Test::HasType(term(operand, paths)?, known)),
        None => Err(Fault::attribute_type_name(wanted.as_str())),
    }
}

/// Refuses a `size` without exactly one operand, also inside another one.
fn check_counts<'o, 'p: 'o>(
    operands: impl IntoIterator<Item = &'o Resolved<'p>>,
) -> Result<(), Fault> {
    operands.into_iter().try_for_each(|operand| match operand {
        Resolved::Function { name, arguments } if arguments.len() != 1 => {
            Err(Fault::operand_count(name.text(), arguments.len()))
        }
        Resolved::Function { arguments, .. } => check_counts(arguments),
        Resolved::Path(_) | Resolved::Value(_) => Ok(()),
    })
}

fn exactly<'p, const N: usize>(
    name: FunctionName,
    arguments: Vec<Resolved<'p>>,
) -> Result<[Resolved<'p>; N], Fault> {
    let count = arguments.len();
    arguments.try_into().map_err(|_| Fault::operand_count(name.text(), count))
}

fn term(operand: Resolved<'_>, paths: &mut Paths) -> Result<Term, Fault> {
    check_sized(&operand)?;
    match operand {
        Resolved::Path(path) => Ok(Term::Path(paths.add(path))),
        Resolved::Value(value) => Ok(Term::Value(value.clone())),
        Resolved::Function { arguments, .. } => {
            let [sized] = exactly(FunctionName::Size, arguments)?;
            Ok(Term::SizeOf(Box::new(term(sized, paths)?)))
        }
    }
}

/// Refuses a function that is not `size`, and the `size` of what has none.
fn check_sized(operand: &Resolved<'_>) -> Result<(), Fault> {
    let Resolved::Function { name, arguments } = operand else { return Ok(()) };
    if *name != FunctionName::Size {
        return Err(Fault::misplaced_function(name.text()));
    }
    let [sized] = &arguments[..] else {
        return Err(Fault::operand_count(name.text(), arguments.len()));
    };
    check_type(name.text(), sized.static_type(), SIZED_TYPES)?;
    check_sized(sized)
}
