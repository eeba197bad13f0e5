//! What the parser makes of a text: the expression as written, placeholders and all.

use smallvec::SmallVec;

use crate::logic::Logic;

/// A condition, filter or key condition.
pub(crate) type Condition<'a> = Logic<Test<'a>>;

/// One condition without AND, OR, NOT.
#[derive(Debug)]
pub(crate) enum Test<'a> {
    Compare { comparator: Comparator, left: Operand<'a>, right: Operand<'a> },
    Between { operand: Operand<'a>, low: Operand<'a>, high: Operand<'a> },
    In { operand: Operand<'a>, list: Vec<Operand<'a>> },
    Function(Function<'a>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug)]
pub(crate) enum Operand<'a> {
    Path(Path<'a>),
    /// `:value`, colon included.
    Value(&'a str),
    Function(Function<'a>),
}

#[derive(Debug)]
pub(crate) struct Function<'a> {
    pub(crate) name: &'a str,
    pub(crate) arguments: Vec<Operand<'a>>,
}

/// A document path; its first element is a name.
#[derive(Debug)]
pub(crate) struct Path<'a> {
    pub(crate) elements: SmallVec<[Element<'a>; 2]>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Element<'a> {
    /// A bare name.
    Word(&'a str),
    /// `#name`, hash included.
    Name(&'a str),
    /// The digits of a list index.
    Index(&'a str),
}

/// An update expression: its sections in the order written.
#[derive(Debug, Default)]
pub(crate) struct Update<'a> {
    pub(crate) sections: SmallVec<[Section; 4]>,
    pub(crate) actions: Vec<Action<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Set,
    Remove,
    Add,
    Delete,
}

#[derive(Debug)]
pub(crate) struct Action<'a> {
    pub(crate) path: Path<'a>,
    pub(crate) edit: Edit<'a>,
}

#[derive(Debug)]
pub(crate) enum Edit<'a> {
    Set(SetValue<'a>),
    Remove,
    /// The operand's `:value`.
    Add(&'a str),
    /// The operand's `:value`.
    Delete(&'a str),
}

#[derive(Debug)]
pub(crate) enum SetValue<'a> {
    Operand(Operand<'a>),
    Arithmetic { operator: Arithmetic, left: Operand<'a>, right: Operand<'a> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Plus,
    Minus,
}

impl Comparator {
    /// As it is written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Whether it asks for an order, which only S, N and B have.
    pub(crate) fn orders(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

impl Section {
    /// As it is written.
    pub(crate) fn keyword(self) -> &'static str {
        match self {
            Self::Set => "SET",
            Self::Remove => "REMOVE",
            Self::Add => "ADD",
            Self::Delete => "DELETE",
        }
    }
}

impl Arithmetic {
    /// As it is written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Minus => "-",
        }
    }
}

/// Operands in the order written, each before those inside it. Functions nest 256 deep at most.
pub(crate) type Operands<'t, 'a> = SmallVec<[&'t Operand<'a>; 6]>;

impl<'a> Operand<'a> {
    pub(crate) fn path(&self) -> Option<&Path<'a>> {
        match self {
            Self::Path(path) => Some(path),
            Self::Value(_) | Self::Function(_) => None,
        }
    }

    pub(crate) fn value(&self) -> Option<&'a str> {
        match self {
            Self::Value(placeholder) => Some(placeholder),
            Self::Path(_) | Self::Function(_) => None,
        }
    }

    pub(crate) fn function(&self) -> Option<&Function<'a>> {
        match self {
            Self::Function(function) => Some(function),
            Self::Path(_) | Self::Value(_) => None,
        }
    }
}

impl<'a> Test<'a> {
    /// The function that the test is, if it is one.
    pub(crate) fn function(&self) -> Option<&Function<'a>> {
        match self {
            Self::Function(function) => Some(function),
            Self::Compare { .. } | Self::Between { .. } | Self::In { .. } => None,
        }
    }

    /// All operands; of a function its arguments.
    pub(crate) fn operands(&self) -> Operands<'_, 'a> {
        let mut operands = Operands::new();
        match self {
            Self::Compare { left, right, .. } => collect([left, right], &mut operands),
            Self::Between { operand, low, high } => collect([operand, low, high], &mut operands),
            Self::In { operand, list } => {
                collect(std::iter::once(operand).chain(list), &mut operands);
            }
            Self::Function(function) => collect(&function.arguments, &mut operands),
        }
        operands
    }
}

impl<'a> SetValue<'a> {
    /// All operands.
    pub(crate) fn operands(&self) -> Operands<'_, 'a> {
        let mut operands = Operands::new();
        match self {
            Self::Operand(operand) => collect([operand], &mut operands),
            Self::Arithmetic { left, right, .. } => collect([left, right], &mut operands),
        }
        operands
    }
}

fn collect<'t, 'a: 't>(
    operands: impl IntoIterator<Item = &'t Operand<'a>>,
    found: &mut Operands<'t, 'a>,
) {
    for operand in operands {
        found.push(operand);
        if let Operand::Function(function) = operand {
            collect(&function.arguments, found);
        }
    }
}
