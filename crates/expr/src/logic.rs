//! AND, OR and NOT over tests, in flat form.
//!
//! A formula is a list of steps over one truth value: a test sets it, NOT turns it, AND and OR skip
//! their right side when the left side has decided. So neither evaluating nor dropping a formula
//! recurses, however deeply it was nested as text.
//!
//! ```text
//! (a OR b) AND NOT c  =  a, OrElse(3), b, AndAlso(6), c, Not
//! ```

/// A formula over tests of type `T`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Logic<T> {
    steps: Vec<LogicStep<T>>,
}

/// One step; jumps go forward, to the index given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum LogicStep<T> {
    Test(T),
    Not,
    AndAlso(usize),
    OrElse(usize),
}

impl<T> Logic<T> {
    pub(crate) fn new(steps: Vec<LogicStep<T>>) -> Self {
        debug_assert!(steps_are_sound(&steps), "jumps go forward, and a test comes first");
        Self { steps }
    }

    /// A single test.
    pub(crate) fn test(test: T) -> Self {
        Self { steps: vec![LogicStep::Test(test)] }
    }

    /// That the formula does not hold.
    pub(crate) fn negated(mut self) -> Self {
        self.steps.push(LogicStep::Not);
        self
    }

    /// That all of them hold; there must be one at least.
    pub(crate) fn all(formulas: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(LogicStep::AndAlso, formulas)
    }

    /// That one of them holds; there must be one at least.
    pub(crate) fn any(formulas: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(LogicStep::OrElse, formulas)
    }

    fn joined(joint: fn(usize) -> LogicStep<T>, formulas: impl IntoIterator<Item = Self>) -> Self {
        let mut steps = Vec::new();
        for formula in formulas {
            if !steps.is_empty() {
                steps.push(joint(steps.len() + 1 + formula.steps.len()));
            }
            let begin = steps.len();
            steps.extend(formula.steps.into_iter().map(|step| step.moved_by(begin)));
        }
        Self::new(steps)
    }

    /// Whether the formula holds, given what its tests answer. Tests that cannot matter any more
    /// are not asked.
    pub(crate) fn holds(&self, mut test: impl FnMut(&T) -> bool) -> bool {
        let mut truth = false;
        let mut at = 0;
        while let Some(step) = self.steps.get(at) {
            at += 1;
            match step {
                LogicStep::Test(asked) => truth = test(asked),
                LogicStep::Not => truth = !truth,
                LogicStep::AndAlso(end) if !truth => at = *end,
                LogicStep::OrElse(end) if truth => at = *end,
                LogicStep::AndAlso(_) | LogicStep::OrElse(_) => {}
            }
        }
        truth
    }

    /// The steps, in the order written (NOT after what it turns).
    pub(crate) fn steps(&self) -> &[LogicStep<T>] {
        &self.steps
    }

    /// The tests, in the order written.
    pub(crate) fn tests(&self) -> impl Iterator<Item = &T> {
        self.steps.iter().filter_map(|step| match step {
            LogicStep::Test(test) => Some(test),
            LogicStep::Not | LogicStep::AndAlso(_) | LogicStep::OrElse(_) => None,
        })
    }

    /// The same formula over other tests.
    pub(crate) fn try_map<U, E>(
        &self,
        mut map: impl FnMut(&T) -> Result<U, E>,
    ) -> Result<Logic<U>, E> {
        let steps = self.steps.iter().map(|step| {
            Ok(match step {
                LogicStep::Test(test) => LogicStep::Test(map(test)?),
                LogicStep::Not => LogicStep::Not,
                LogicStep::AndAlso(end) => LogicStep::AndAlso(*end),
                LogicStep::OrElse(end) => LogicStep::OrElse(*end),
            })
        });
        Ok(Logic::new(steps.collect::<Result<_, E>>()?))
    }
}

/// Whether evaluating the steps ends and has a truth value from the first step on.
fn steps_are_sound<T>(steps: &[LogicStep<T>]) -> bool {
    matches!(steps.first(), Some(LogicStep::Test(_)))
        && steps.iter().enumerate().all(|(at, step)| match step {
            LogicStep::Test(_) | LogicStep::Not => true,
            LogicStep::AndAlso(end) | LogicStep::OrElse(end) => at < *end && *end <= steps.len(),
        })
}

impl<T> LogicStep<T> {
    fn moved_by(self, distance: usize) -> Self {
        match self {
            Self::Test(_) | Self::Not => self,
            Self::AndAlso(end) => Self::AndAlso(end + distance),
            Self::OrElse(end) => Self::OrElse(end + distance),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Logic;

    #[test]
    fn joined_formulas_hold_as_their_parts_do() {
        for bits in 0..8_u8 {
            let holds = |bit: u8| bits & (1 << bit) != 0;
            let formulas = || {
                let group = Logic::any([Logic::test(0), Logic::test(1).negated()]);
                [group, Logic::test(2)]
            };
            let group = holds(0) || !holds(1);
            let all = Logic::all(formulas()).holds(|bit| holds(*bit));
            let any = Logic::any(formulas()).holds(|bit| holds(*bit));
            assert_eq!((all, any), (group && holds(2), group || holds(2)), "{bits:03b}");
        }
    }
}
