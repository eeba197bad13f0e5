//! What callgrind wrote: the instructions and system calls of each function, and who calls whom.
//!
//! The format is the "Callgrind Format Specification" of Valgrind's manual. Below a line `fn=` stand
//! lines of costs. A name is written out once, behind a number, and later its number stands for it.
//! The costs behind a line `calls=` are those of the callee and of whatever it calls itself.

use std::collections::HashMap;

use anyhow::{Context, ensure};

/// Event that counts instructions.
const INSTRUCTIONS: &str = "Ir";
/// Event that counts system calls; there with `--collect-systime`.
const SYSTEM_CALLS: &str = "sysCount";

/// One dump, by names that lie in its text.
#[derive(Debug, Default)]
pub(super) struct Profile<'t> {
    /// What each function costs by itself.
    pub(super) costs: HashMap<Function<'t>, Cost>,
    /// Calls of a function (the first) to another.
    pub(super) calls: HashMap<[Function<'t>; 2], Calls>,
}

/// A function, and the object file that it lies in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Function<'t> {
    pub(super) name: &'t str,
    pub(super) object: &'t str,
}

/// What is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) instructions: u64,
    pub(super) system_calls: u64,
}

/// What one function asked of another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Calls {
    pub(super) count: u64,
    /// Of the callee and of all that it called.
    pub(super) instructions: u64,
}

/// The state between lines.
#[derive(Default)]
struct Reader<'t> {
    profile: Profile<'t>,
    events: Vec<&'t str>,
    functions: HashMap<&'t str, &'t str>,
    objects: HashMap<&'t str, &'t str>,
    function: Function<'t>,
    callee: Function<'t>,
    /// The line to come holds the cost of a call that was counted here.
    called: Option<[Function<'t>; 2]>,
}

impl<'t> Profile<'t> {
    /// Reads a dump.
    ///
    /// # Errors
    /// A text that callgrind did not write.
    pub(super) fn read(dump: &'t str) -> anyhow::Result<Self> {
        let mut reader = Reader::default();
        for (at, line) in dump.lines().enumerate() {
            reader.line(line).with_context(|| format!("line {}: {line}", at + 1))?;
        }
        ensure!(!reader.events.is_empty(), "callgrind writes a line of events");
        Ok(reader.profile)
    }

    /// The cost of everything.
    pub(super) fn total(&self) -> Cost {
        let mut total = Cost::default();
        for cost in self.costs.values() {
            total.instructions += cost.instructions;
            total.system_calls += cost.system_calls;
        }
        total
    }
}

impl<'t> Reader<'t> {
    fn line(&mut self, line: &'t str) -> anyhow::Result<()> {
        if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
            return self.costs(line);
        }
        if let Some(events) = line.strip_prefix("events:") {
            self.events = events.split_whitespace().collect();
            return Ok(());
        }
        match line.split_once('=') {
            Some(("fn", name)) => {
                self.function.name = written_out(&mut self.functions, name)?;
            }
            Some(("ob", name)) => {
                self.function.object = written_out(&mut self.objects, name)?;
                self.callee.object = self.function.object;
            }
            Some(("cfn", name)) => self.callee.name = written_out(&mut self.functions, name)?,
            Some(("cob", name)) => self.callee.object = written_out(&mut self.objects, name)?,
            Some(("calls", count)) => self.call(count)?,
            // Source files, jumps, and the head.
            _ => {}
        }
        Ok(())
    }

    /// A call, whose cost is in the line that follows.
    fn call(&mut self, count: &str) -> anyhow::Result<()> {
        let (count, _) = count.split_once(' ').context("a call has a target")?;
        let called = [self.function, self.callee];
        self.profile.calls.entry(called).or_default().count += count.parse::<u64>()?;
        self.called = Some(called);
        // An object that is not named is the caller's.
        self.callee.object = self.function.object;
        Ok(())
    }

    fn costs(&mut self, line: &str) -> anyhow::Result<()> {
        let mut cost = Cost::default();
        // The first is the line of the source; zeros at the end are left out.
        let values = line.split(' ').skip(1).map(str::parse::<u64>);
        for (event, value) in self.events.iter().zip(values) {
            match *event {
                INSTRUCTIONS => cost.instructions += value?,
                SYSTEM_CALLS => cost.system_calls += value?,
                _ => {}
            }
        }
        if let Some(called) = self.called.take() {
            self.profile.calls.entry(called).or_default().instructions += cost.instructions;
        } else {
            let own = self.profile.costs.entry(self.function).or_default();
            own.instructions += cost.instructions;
            own.system_calls += cost.system_calls;
        }
        Ok(())
    }
}

/// The name behind `(7) name`, or that which `(7)` stands for.
fn written_out<'t>(
    names: &mut HashMap<&'t str, &'t str>,
    written: &'t str,
) -> anyhow::Result<&'t str> {
    if !written.starts_with('(') {
        return Ok(written);
    }
    let end = written.find(')').context("a number in parentheses")?;
    let (number, name) = written.split_at(end + 1);
    if !name.is_empty() {
        names.insert(number, name.trim_start());
    }
    names.get(number).copied().context("a name that was written out before")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUMP: &str = "\
# callgrind format
version: 1
positions: line
events: Ir sysCount sysTime
summary: 190 1 5

ob=(1) /bin/stator
fl=(1) src/lib.rs
fn=(1) wire::decode
16 40
fi=(2) library/alloc.rs
+4 10
fe=(1)
cob=(2) /lib/libc.so.6
cfi=(3) malloc.c
cfn=(2) malloc
calls=3 12
* 90
cfn=(3) wire::<impl Reader (fast)>::string
calls=2 20
-2 40

fn=(3)
7 40

ob=(2)
fl=(3)
fn=(2)
12 90
fn=(4) write
13 10 1 5
";

    fn of<'p>(profile: &'p Profile<'_>, name: &str) -> &'p Cost {
        let found = profile.costs.iter().find(|(function, _)| function.name == name);
        found.map(|(_, cost)| cost).unwrap()
    }

    #[test]
    fn a_function_has_its_own_instructions_and_not_those_it_calls() {
        let profile = Profile::read(DUMP).unwrap();
        assert_eq!(of(&profile, "wire::decode").instructions, 50);
        assert_eq!(of(&profile, "wire::<impl Reader (fast)>::string").instructions, 40);
        assert_eq!(of(&profile, "malloc").instructions, 90);
        assert_eq!(of(&profile, "write"), &Cost { instructions: 10, system_calls: 1 });
        assert_eq!(profile.total(), Cost { instructions: 190, system_calls: 1 });
    }

    #[test]
    fn a_call_knows_where_its_callee_lies() {
        let profile = Profile::read(DUMP).unwrap();
        let function = |name, object| Function { name, object };
        let caller = function("wire::decode", "/bin/stator");
        let malloc = profile.calls[&[caller, function("malloc", "/lib/libc.so.6")]];
        assert_eq!(malloc, Calls { count: 3, instructions: 90 });
        let string = function("wire::<impl Reader (fast)>::string", "/bin/stator");
        assert_eq!(profile.calls[&[caller, string]], Calls { count: 2, instructions: 40 });
    }

    #[test]
    fn another_text_is_an_error() {
        assert!(Profile::read("").is_err());
        assert!(Profile::read("events: Ir\nfn=(1)\n1 2\n").is_err());
        assert!(Profile::read("events: Ir\nfn=(1) main\n1 many\n").is_err());
    }
}
