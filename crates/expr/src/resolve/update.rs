//! Planning updates.

use model::ValueRef;
use smallvec::SmallVec;

use super::operand::{Resolved, check_distinct, check_type};
use super::path;
use crate::fault::Fault;
use crate::function::FunctionName;
use crate::lookup::Paths;
use crate::notation::Notation;
use crate::path::check_apart;
use crate::placeholders::Placeholders;
use crate::syntax::tree;
use crate::update::{Action, Edit, SetValue, Target, Update, ValueSource};

/// Plans an update.
pub(super) fn plan(placeholders: &Placeholders, tree: &tree::Update<'_>) -> Result<Update, Fault> {
    let paths = paths(tree);
    path::check_words(paths.iter().copied())?;
    tree.actions.iter().try_for_each(check_functions)?;
    check_sections(&tree.sections)?;
    path::check_names(placeholders, paths)?;
    tree.actions.iter().try_for_each(|action| check_values(placeholders, action))?;
    let targets = tree.actions.iter().map(|action| path::resolve(placeholders, &action.path));
    let targets = targets.collect::<Result<SmallVec<[_; 2]>, _>>()?;
    check_apart(&targets)?;
    tree.actions.iter().try_for_each(|action| check_section_operand(placeholders, action))?;
    let mut paths = Paths::default();
    let actions = tree.actions.iter().zip(targets).map(|(action, target)| {
        let path = Target::new(target, &mut paths);
        Ok(Action { path, edit: plan_edit(placeholders, &action.edit, &mut paths)? })
    });
    let actions = actions.collect::<Result<_, Fault>>()?;
    Ok(Update::new(actions, paths, Notation::Expression))
}

/// The operands that an action reads.
fn operands<'t, 'a>(action: &'t tree::Action<'a>) -> tree::Operands<'t, 'a> {
    match &action.edit {
        tree::Edit::Set(value) => value.operands(),
        tree::Edit::Remove | tree::Edit::Add(_) | tree::Edit::Delete(_) => tree::Operands::new(),
    }
}

/// All paths, written and read, in the order of the text.
fn paths<'t, 'a>(tree: &'t tree::Update<'a>) -> SmallVec<[&'t tree::Path<'a>; 4]> {
    let mut paths = SmallVec::new();
    for action in &tree.actions {
        paths.push(&action.path);
        paths.extend(operands(action).iter().filter_map(|operand| operand.path()));
    }
    paths
}

/// Inside another function only `if_not_exists` may stand (Alternator's
/// test_update_expression_function_nesting, run against AWS; AWS's DAX clients; 2026-11).
fn check_functions(action: &tree::Action<'_>) -> Result<(), Fault> {
    let operands = operands(action);
    let functions = || operands.iter().filter_map(|operand| operand.function());
    for function in functions() {
        if !FunctionName::of(function.name)?.is_of_updates() {
            return Err(Fault::function_not_in_update(function.name));
        }
    }
    let mut inner = functions()
        .flat_map(|function| &function.arguments)
        .filter_map(tree::Operand::function)
        .map(|function| function.name);
    match inner.find(|name| *name == FunctionName::ListAppend.text()) {
        Some(name) => Err(Fault::misplaced_function(name)),
        None => Ok(()),
    }
}

fn check_sections(sections: &[tree::Section]) -> Result<(), Fault> {
    let twice = sections.iter().enumerate().find(|(at, one)| sections[..*at].contains(one));
    twice.map_or(Ok(()), |(_, section)| Err(Fault::section_twice(section.keyword())))
}

/// Refuses values that are not defined.
fn check_values(placeholders: &Placeholders, action: &tree::Action<'_>) -> Result<(), Fault> {
    if let tree::Edit::Add(placeholder) | tree::Edit::Delete(placeholder) = action.edit {
        placeholders.value(placeholder)?;
    }
    for placeholder in operands(action).iter().filter_map(|operand| operand.value()) {
        placeholders.value(placeholder)?;
    }
    Ok(())
}

/// ADD takes numbers and sets, DELETE sets.
fn check_section_operand(
    placeholders: &Placeholders,
    action: &tree::Action<'_>,
) -> Result<(), Fault> {
    let (section, placeholder) = match action.edit {
        tree::Edit::Add(placeholder) => (tree::Section::Add, placeholder),
        tree::Edit::Delete(placeholder) => (tree::Section::Delete, placeholder),
        tree::Edit::Set(_) | tree::Edit::Remove => return Ok(()),
    };
    let type_word = match placeholders.value(placeholder)?.value() {
        ValueRef::Ss(_) | ValueRef::Ns(_) | ValueRef::Bs(_) => return Ok(()),
        ValueRef::N(_) if section == tree::Section::Add => return Ok(()),
        ValueRef::N(_) => "NUMBER",
        ValueRef::S(_) => "STRING",
        ValueRef::B(_) => "BINARY",
        ValueRef::Bool(_) => "BOOLEAN",
        ValueRef::Null => "NULL",
        ValueRef::L(_) => "LIST",
        ValueRef::M(_) => "MAP",
    };
    Err(Fault::section_operand_type(section.keyword(), type_word))
}

fn plan_edit(
    placeholders: &Placeholders,
    edit: &tree::Edit<'_>,
    paths: &mut Paths,
) -> Result<Edit, Fault> {
    Ok(match edit {
        tree::Edit::Set(value) => Edit::Set(plan_set_value(placeholders, value, paths)?),
        tree::Edit::Remove => Edit::Remove,
        tree::Edit::Add(placeholder) => Edit::Add(placeholders.value(placeholder)?.clone()),
        tree::Edit::Delete(placeholder) => Edit::Delete(placeholders.value(placeholder)?.clone()),
    })
}

fn plan_set_value(
    placeholders: &Placeholders,
    value: &tree::SetValue<'_>,
    paths: &mut Paths,
) -> Result<SetValue, Fault> {
    match value {
        tree::SetValue::Operand(operand) => {
            Ok(SetValue::Source(source(Resolved::new(placeholders, operand)?, paths)?))
        }
        tree::SetValue::Arithmetic { operator, left, right } => {
            let left = Resolved::new(placeholders, left)?;
            let right = Resolved::new(placeholders, right)?;
            check_type(operator.symbol(), left.value_type(), &["N"])?;
            check_type(operator.symbol(), right.value_type(), &["N"])?;
            let (left, right) = (source(left, paths)?, source(right, paths)?);
            Ok(SetValue::Arithmetic { operator: *operator, left, right })
        }
    }
}

fn source(operand: Resolved<'_>, paths: &mut Paths) -> Result<ValueSource, Fault> {
    match operand {
        Resolved::Path(path) => Ok(ValueSource::Path(paths.add(path))),
        Resolved::Value(value) => Ok(ValueSource::Value(value.clone())),
        Resolved::Function { name, arguments } => {
            let count = arguments.len();
            let [first, second] =
                arguments.try_into().map_err(|_| Fault::operand_count(name.text(), count))?;
            function_source(name, [first, second], paths)
        }
    }
}

fn function_source(
    name: FunctionName,
    [first, second]: [Resolved<'_>; 2],
    paths: &mut Paths,
) -> Result<ValueSource, Fault> {
    match name {
        FunctionName::IfNotExists => {
            // A path twice is refused here and not in list_append (an application's log quotes
            // AWS: "operator: if_not_exists, first operand: [episodeIds]", 2026-11).
            check_distinct(name.text(), &first, [&second])?;
            let Resolved::Path(path) = first else {
                return Err(Fault::path_required(name.text()));
            };
            let path = paths.add(path);
            Ok(ValueSource::IfNotExists(path, Box::new(source(second, paths)?)))
        }
        FunctionName::ListAppend => {
            check_type(name.text(), first.value_type(), &["L"])?;
            check_type(name.text(), second.value_type(), &["L"])?;
            let first = Box::new(source(first, paths)?);
            Ok(ValueSource::ListAppend(first, Box::new(source(second, paths)?)))
        }
        _ => Err(Fault::function_not_in_update(name.text())),
    }
}
