//! Walking the tokens, and what all expressions share: paths, operands, functions.

use smallvec::SmallVec;

use super::FUNCTION_DEPTH_MAX;
use super::token::{Token, TokenKind, tokenize};
use super::tree::{Element, Function, Operand, Path};
use crate::fault::Fault;
use crate::function::FunctionName;

/// A place in a text that has been cut into tokens.
pub(super) struct Cursor<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    functions_open: usize,
    /// Operators passed so far. Functions and parentheses are none (Alternator's test_limits.py,
    /// run against AWS, 2026-11).
    pub(super) operators: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, tokens: tokenize(text), at: 0, functions_open: 0, operators: 0 }
    }

    /// The kind of the token `ahead` tokens after the next one.
    pub(super) fn peek(&self, ahead: usize) -> TokenKind {
        self.tokens.get(self.at + ahead).map_or(TokenKind::End, |token| token.kind)
    }

    /// Passes the next token, which is not the end.
    pub(super) fn advance(&mut self) {
        debug_assert!(self.at + 1 < self.tokens.len(), "nothing comes behind the end");
        self.at += 1;
    }

    /// Passes the next token if it is of this kind.
    pub(super) fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.peek(0) == kind;
        if found {
            self.advance();
        }
        found
    }

    /// Passes a token of this kind and returns its text.
    pub(super) fn expect(&mut self, kind: TokenKind) -> Result<&'a str, Fault> {
        match self.tokens.get(self.at) {
            Some(token) if token.kind == kind => {
                self.at += 1;
                Ok(&self.text[token.start..token.end])
            }
            _ => Err(self.unexpected(0)),
        }
    }

    /// Passes opening parentheses and returns how many there were.
    pub(super) fn open_parentheses(&mut self) -> usize {
        let from = self.at;
        while self.eat(TokenKind::Open) {}
        self.at - from
    }

    /// Passes `count` closing parentheses around one thing; more than one pair is redundant.
    pub(super) fn close_parentheses(&mut self, count: usize) -> Result<(), Fault> {
        for closed in 0..count {
            self.expect(TokenKind::Close)?;
            if closed > 0 {
                return Err(Fault::redundant_parentheses());
            }
        }
        Ok(())
    }

    /// How many closing parentheses come next, counting `most` at most.
    pub(super) fn closing_ahead(&self, most: usize) -> usize {
        (0..most).take_while(|ahead| self.peek(*ahead) == TokenKind::Close).count()
    }

    /// The syntax error of the token `ahead` tokens after the next one. AWS shows it with its
    /// neighbours: `ADD hits : incr` is refused with token ":", near "hits : incr"
    /// (aws/aws-cdk#7591, 2020-04).
    pub(super) fn unexpected(&self, ahead: usize) -> Fault {
        let at = (self.at + ahead).min(self.tokens.len() - 1);
        let token = self.tokens[at];
        let before = at.checked_sub(1).map_or(token, |before| self.tokens[before]);
        let after = self.tokens.get(at + 1).filter(|after| after.kind != TokenKind::End);
        let near_end = match token.kind {
            TokenKind::End => before.end,
            _ => after.map_or(token.end, |after| after.end),
        };
        let shown = match token.kind {
            TokenKind::End => "<EOF>",
            _ => &self.text[token.start..token.end],
        };
        Fault::syntax(shown, &self.text[before.start..near_end])
    }

    /// `name`, `#name`, then any number of `.name` and `[index]`.
    pub(super) fn path(&mut self) -> Result<Path<'a>, Fault> {
        let mut elements = SmallVec::new();
        elements.push(self.path_name()?);
        loop {
            if self.eat(TokenKind::Dot) {
                elements.push(self.path_name()?);
            } else if self.eat(TokenKind::OpenBracket) {
                elements.push(Element::Index(self.expect(TokenKind::Index)?));
                self.expect(TokenKind::CloseBracket)?;
            } else {
                return Ok(Path { elements });
            }
        }
    }

    fn path_name(&mut self) -> Result<Element<'a>, Fault> {
        match self.peek(0) {
            TokenKind::Name => Ok(Element::Name(self.expect(TokenKind::Name)?)),
            _ => Ok(Element::Word(self.expect(TokenKind::Word)?)),
        }
    }

    /// An operand, in at most one pair of parentheses.
    pub(super) fn operand(&mut self) -> Result<Operand<'a>, Fault> {
        let opened = self.open_parentheses();
        let operand = self.bare_operand()?;
        self.close_parentheses(opened)?;
        Ok(operand)
    }

    /// An operand without parentheses around it.
    pub(super) fn bare_operand(&mut self) -> Result<Operand<'a>, Fault> {
        match (self.peek(0), self.peek(1)) {
            (TokenKind::Value, _) => Ok(Operand::Value(self.expect(TokenKind::Value)?)),
            (TokenKind::Word, TokenKind::Open) => Ok(Operand::Function(self.function()?)),
            _ => Ok(Operand::Path(self.path()?)),
        }
    }

    fn function(&mut self) -> Result<Function<'a>, Fault> {
        let name = self.expect(TokenKind::Word)?;
        if self.functions_open == FUNCTION_DEPTH_MAX {
            return Err(Fault::misplaced_function(FunctionName::of(name)?.text()));
        }
        self.functions_open += 1;
        self.expect(TokenKind::Open)?;
        let arguments = self.operands()?;
        debug_assert!(self.functions_open > 0, "a function that closes was opened");
        self.functions_open -= 1;
        Ok(Function { name, arguments })
    }

    /// Operands separated by commas, and the closing parenthesis after them.
    pub(super) fn operands(&mut self) -> Result<Vec<Operand<'a>>, Fault> {
        let mut operands = vec![self.operand()?];
        while self.eat(TokenKind::Comma) {
            operands.push(self.operand()?);
        }
        self.expect(TokenKind::Close)?;
        Ok(operands)
    }
}
