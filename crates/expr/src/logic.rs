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
    steps: Vec<Step<T>>,
}

/// One step; jumps go forward, to the index given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step<T> {
    Test(T),
    Not,
    AndAlso(usize),
    OrElse(usize),
}

impl<T> Logic<T> {
    pub(crate) fn new(steps: Vec<Step<T>>) -> Self {
        Self { steps }
    }

    /// Whether the formula holds, given what its tests answer. Tests that cannot matter any more
    /// are not asked.
    pub(crate) fn holds(&self, mut test: impl FnMut(&T) -> bool) -> bool {
        let mut truth = false;
        let mut at = 0;
        while let Some(step) = self.steps.get(at) {
            at += 1;
            match step {
                Step::Test(asked) => truth = test(asked),
                Step::Not => truth = !truth,
                Step::AndAlso(end) if !truth => at = *end,
                Step::OrElse(end) if truth => at = *end,
                Step::AndAlso(_) | Step::OrElse(_) => {}
            }
        }
        truth
    }

    /// The steps, in the order written (NOT after what it turns).
    pub(crate) fn steps(&self) -> &[Step<T>] {
        &self.steps
    }

    /// The tests, in the order written.
    pub(crate) fn tests(&self) -> impl Iterator<Item = &T> {
        self.steps.iter().filter_map(|step| match step {
            Step::Test(test) => Some(test),
            Step::Not | Step::AndAlso(_) | Step::OrElse(_) => None,
        })
    }

    /// The same formula over other tests.
    pub(crate) fn try_map<U, E>(
        &self,
        mut map: impl FnMut(&T) -> Result<U, E>,
    ) -> Result<Logic<U>, E> {
        let steps = self.steps.iter().map(|step| {
            Ok(match step {
                Step::Test(test) => Step::Test(map(test)?),
                Step::Not => Step::Not,
                Step::AndAlso(end) => Step::AndAlso(*end),
                Step::OrElse(end) => Step::OrElse(*end),
            })
        });
        Ok(Logic { steps: steps.collect::<Result<_, E>>()? })
    }
}
