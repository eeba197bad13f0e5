//! Update expressions: SET, REMOVE, ADD and DELETE sections in any order.

use super::cursor::Cursor;
use super::token::TokenKind;
use super::tree::{Action, Arithmetic, Edit, Section, SetValue, Update};
use crate::fault::Fault;

/// Reads sections up to the first token that begins none.
pub(super) fn update<'a>(cursor: &mut Cursor<'a>) -> Result<Update<'a>, Fault> {
    let mut update = Update::default();
    while let Some(section) = section(cursor.peek(0)) {
        cursor.advance();
        update.sections.push(section);
        update.actions.push(action(cursor, section)?);
        while cursor.eat(TokenKind::Comma) {
            update.actions.push(action(cursor, section)?);
        }
    }
    if update.sections.is_empty() {
        return Err(cursor.unexpected(0));
    }
    debug_assert!(update.actions.len() >= update.sections.len(), "every section has an action");
    Ok(update)
}

fn section(kind: TokenKind) -> Option<Section> {
    match kind {
        TokenKind::Set => Some(Section::Set),
        TokenKind::Remove => Some(Section::Remove),
        TokenKind::Add => Some(Section::Add),
        TokenKind::Delete => Some(Section::Delete),
        _ => None,
    }
}

fn action<'a>(cursor: &mut Cursor<'a>, section: Section) -> Result<Action<'a>, Fault> {
    let path = cursor.path()?;
    let edit = match section {
        Section::Set => {
            cursor.expect(TokenKind::Equal)?;
            Edit::Set(set_value(cursor)?)
        }
        Section::Remove => Edit::Remove,
        Section::Add => Edit::Add(cursor.expect(TokenKind::Value)?),
        Section::Delete => Edit::Delete(cursor.expect(TokenKind::Value)?),
    };
    Ok(Action { path, edit })
}

/// `operand`, `operand + operand` or `operand - operand`; each operand, and the sum as a whole, may
/// stand in one pair of parentheses.
fn set_value<'a>(cursor: &mut Cursor<'a>) -> Result<SetValue<'a>, Fault> {
    let opened = cursor.open_parentheses();
    let left = cursor.bare_operand()?;
    let closing = cursor.closing_ahead(opened);
    let operator = match cursor.peek(closing) {
        TokenKind::Plus => Arithmetic::Plus,
        TokenKind::Minus => Arithmetic::Minus,
        _ => {
            cursor.close_parentheses(opened)?;
            return Ok(SetValue::Operand(left));
        }
    };
    cursor.close_parentheses(closing)?;
    cursor.advance();
    cursor.operators += 1;
    let right = cursor.operand()?;
    cursor.close_parentheses(opened - closing)?;
    Ok(SetValue::Arithmetic { operator, left, right })
}
