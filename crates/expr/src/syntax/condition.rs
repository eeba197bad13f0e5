//! Conditions: tests joined by AND, OR, NOT and parentheses, parsed without recursion.

use super::cursor::Cursor;
use super::token::TokenKind;
use super::tree::{Comparator, Condition, Operand, Test};
use crate::fault::Fault;
use crate::logic::{Logic, LogicStep};

/// Reads a condition up to the first token that cannot belong to it.
pub(super) fn condition<'a>(cursor: &mut Cursor<'a>) -> Result<Condition<'a>, Fault> {
    let mut formula = Formula::default();
    loop {
        formula.test(cursor)?;
        while formula.groups > 0 && cursor.eat(TokenKind::Close) {
            formula.close_group()?;
        }
        match cursor.peek(0) {
            TokenKind::And => formula.and(),
            TokenKind::Or => formula.or(),
            _ if formula.groups > 0 => return Err(cursor.unexpected(0)),
            _ => return Ok(formula.finish()),
        }
        cursor.advance();
        cursor.operators += 1;
    }
}

/// A formula being built: steps so far, and operators that wait for their right side.
#[derive(Default)]
struct Formula<'a> {
    steps: Vec<LogicStep<Test<'a>>>,
    waiting: Vec<Waiting>,
    /// How many of `waiting` are groups.
    groups: usize,
    /// Whether what was last completed is a condition in parentheses of its own.
    grouped: bool,
}

enum Waiting {
    Group,
    Not,
    /// AND, with the index of its step.
    And(usize),
    /// OR, with the index of its step.
    Or(usize),
}

impl<'a> Formula<'a> {
    /// NOTs and opening parentheses, then one test.
    fn test(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Fault> {
        loop {
            while cursor.eat(TokenKind::Not) {
                cursor.operators += 1;
                self.waiting.push(Waiting::Not);
            }
            let opened = cursor.open_parentheses();
            if cursor.peek(0) == TokenKind::Not {
                self.open_groups(opened);
                continue;
            }
            let first = cursor.bare_operand()?;
            // Of the parentheses before it, the operand has those that close right after it, if a
            // comparison follows; the others group conditions.
            let closing = cursor.closing_ahead(opened);
            let test = if begins_comparison(cursor.peek(closing)) {
                cursor.close_parentheses(closing)?;
                self.open_groups(opened - closing);
                comparison(cursor, first)?
            } else if let Operand::Function(function) = first {
                self.open_groups(opened);
                Test::Function(function)
            } else {
                return Err(cursor.unexpected(closing));
            };
            self.steps.push(LogicStep::Test(test));
            self.grouped = false;
            return Ok(());
        }
    }

    fn open_groups(&mut self, count: usize) {
        self.waiting.extend((0..count).map(|_| Waiting::Group));
        self.groups += count;
    }

    fn close_group(&mut self) -> Result<(), Fault> {
        self.complete(|operator| !matches!(operator, Waiting::Group));
        let closed = self.waiting.pop();
        debug_assert!(matches!(closed, Some(Waiting::Group)), "an open group is what is closed");
        self.groups -= 1;
        if self.grouped {
            return Err(Fault::redundant_parentheses());
        }
        self.grouped = true;
        Ok(())
    }

    fn and(&mut self) {
        self.complete(|operator| matches!(operator, Waiting::Not | Waiting::And(_)));
        self.waiting.push(Waiting::And(self.steps.len()));
        self.steps.push(LogicStep::AndAlso(0));
    }

    fn or(&mut self) {
        self.complete(|operator| !matches!(operator, Waiting::Group));
        self.waiting.push(Waiting::Or(self.steps.len()));
        self.steps.push(LogicStep::OrElse(0));
    }

    fn finish(mut self) -> Condition<'a> {
        debug_assert_eq!(self.groups, 0, "whoever finishes has closed every group");
        self.complete(|_| true);
        Logic::new(self.steps)
    }

    /// Completes the waiting operators that bind tighter than what comes next.
    fn complete(&mut self, binds: impl Fn(&Waiting) -> bool) {
        while let Some(operator) = self.waiting.pop_if(|operator| binds(operator)) {
            self.grouped = false;
            match operator {
                Waiting::Group => {}
                Waiting::Not => self.steps.push(LogicStep::Not),
                Waiting::And(at) => self.steps[at] = LogicStep::AndAlso(self.steps.len()),
                Waiting::Or(at) => self.steps[at] = LogicStep::OrElse(self.steps.len()),
            }
        }
    }
}

fn begins_comparison(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Between | TokenKind::In) || comparator(kind).is_some()
}

fn comparator(kind: TokenKind) -> Option<Comparator> {
    match kind {
        TokenKind::Equal => Some(Comparator::Equal),
        TokenKind::NotEqual => Some(Comparator::NotEqual),
        TokenKind::Less => Some(Comparator::Less),
        TokenKind::LessOrEqual => Some(Comparator::LessOrEqual),
        TokenKind::Greater => Some(Comparator::Greater),
        TokenKind::GreaterOrEqual => Some(Comparator::GreaterOrEqual),
        _ => None,
    }
}

/// The rest of a comparison whose first operand has been read.
fn comparison<'a>(cursor: &mut Cursor<'a>, operand: Operand<'a>) -> Result<Test<'a>, Fault> {
    cursor.operators += 1;
    if let Some(comparator) = comparator(cursor.peek(0)) {
        cursor.advance();
        let right = cursor.operand()?;
        return Ok(Test::Compare { comparator, left: operand, right });
    }
    if cursor.eat(TokenKind::Between) {
        let low = cursor.operand()?;
        cursor.expect(TokenKind::And)?;
        let high = cursor.operand()?;
        return Ok(Test::Between { operand, low, high });
    }
    cursor.expect(TokenKind::In)?;
    cursor.expect(TokenKind::Open)?;
    let list = cursor.operands()?;
    Ok(Test::In { operand, list })
}
