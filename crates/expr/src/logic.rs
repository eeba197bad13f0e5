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

/// How far a formula was evaluated.
#[derive(Debug, Default)]
pub(crate) struct Place {
    at: usize,
    truth: bool,
}

impl Place {
    /// What the test says that was asked.
    pub(crate) fn answer(&mut self, truth: bool) {
        self.truth = truth;
    }
}

impl<T> Logic<T> {
    pub(crate) fn new(steps: Vec<LogicStep<T>>) -> Self {
        debug_assert!(steps_are_sound(&steps), "jumps go forward, and a test comes first");
        Self { steps }
    }

    /// The next test that matters, from a place on: its answer is to be given to the place. Without
    /// one, the error is whether the formula holds.
    pub(crate) fn next_test(&self, place: &mut Place) -> Result<&T, bool> {
        while let Some(step) = self.steps.get(place.at) {
            place.at += 1;
            match step {
                LogicStep::Test(test) => return Ok(test),
                LogicStep::Not => place.truth = !place.truth,
                LogicStep::AndAlso(end) if !place.truth => place.at = *end,
                LogicStep::OrElse(end) if place.truth => place.at = *end,
                LogicStep::AndAlso(_) | LogicStep::OrElse(_) => {}
            }
        }
        Err(place.truth)
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

#[cfg(test)]
mod tests {
    use super::{Logic, LogicStep, Place};

    #[test]
    fn a_formula_holds_as_its_tests_do_and_asks_no_more_than_it_must() {
        use LogicStep::{AndAlso, Not, OrElse, Test};
        // (0 OR NOT 1) AND 2
        let steps = vec![Test(0), OrElse(4), Test(1), Not, AndAlso(6), Test(2)];
        let formula = Logic::new(steps);
        for bits in 0..8_u8 {
            let holds = |bit: u8| bits & (1 << bit) != 0;
            let (mut place, mut asked) = (Place::default(), Vec::new());
            let truth = loop {
                match formula.next_test(&mut place) {
                    Ok(test) => {
                        asked.push(*test);
                        place.answer(holds(*test));
                    }
                    Err(truth) => break truth,
                }
            };
            let group = holds(0) || !holds(1);
            assert_eq!(truth, group && holds(2), "{bits:03b}");
            assert_eq!(asked.contains(&1), !holds(0), "{bits:03b}");
            assert_eq!(asked.contains(&2), group, "{bits:03b}");
        }
    }
}
