//! What is evaluated only perhaps, or more than once.
//!
//! An evaluation leaves something behind: keys that it captures, variables and rules that it was the first to ask. Where
//! an unknown decides whether, or how often, something is evaluated, so it does what is left behind. All of this matters
//! only to rule files that capture keys.

use super::evaluator::Evaluator;
use super::outcome::Interrupt;
use super::statuses::Hinges;

impl<'p, 'a: 'p> Evaluator<'p, 'a, '_> {
    /// Evaluates what may not be evaluated at all where `hinges` are given.
    pub(super) fn conditionally<T>(&mut self, hinges: Option<Hinges>, inside: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.perhaps;
        if let Some(hinges) = hinges {
            self.perhaps = Some(before.unwrap_or_default().union(hinges));
        }
        let result = inside(self);
        self.perhaps = before;
        result
    }

    /// Evaluates what may be evaluated more than once.
    pub(super) fn repeatedly<T>(&mut self, many: bool, inside: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.repeated;
        self.repeated |= many;
        let result = inside(self);
        self.repeated = before;
        result
    }

    /// What it hangs on whether evaluation gets here at all; `None` if it does for sure.
    pub(super) fn perhaps_not(&self) -> Option<Hinges> {
        // In the default dialect an error ends everything.
        match self.unsupported.filter(|_| self.newer()) {
            Some(hinges) => Some(self.perhaps.unwrap_or_default().union(hinges)),
            None => self.perhaps,
        }
    }

    /// What `inside` gives, and whether it may have met what an operation does not support: who remembers the one must
    /// remember the other.
    pub(super) fn doubted<T>(
        &mut self,
        inside: impl FnOnce(&mut Self) -> Result<T, Interrupt>,
    ) -> Result<(T, Option<Hinges>), Interrupt> {
        let perhaps = self.perhaps_not();
        let before = self.unsupported.take();
        let result = self.conditionally(perhaps, inside);
        let doubt = self.unsupported.take();
        self.unsupported = before;
        self.also_unsupported(doubt);
        Ok((result?, doubt))
    }

    /// Evaluates what stands behind conditions, which may have met what an operation does not support.
    pub(super) fn behind_a_gate<T>(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<T, Interrupt>,
    ) -> Result<T, Interrupt> {
        let perhaps = self.perhaps_not();
        let met = self.unsupported.take();
        let result = self.conditionally(perhaps, body)?;
        self.also_unsupported(met);
        Ok(result)
    }

    /// Evaluates something for what it leaves behind, where it stands for many evaluations: each of them meets what the
    /// others left.
    pub(super) fn rehearse<T>(
        &mut self,
        hinges: Hinges,
        inside: impl FnOnce(&mut Self) -> Result<T, Interrupt>,
    ) -> Result<(), Interrupt> {
        if self.rehearsing { Ok(()) } else { self.leave_behind(hinges, inside) }
    }

    /// Evaluates something only for what it leaves behind, if anything.
    pub(super) fn leave_behind<T>(
        &mut self,
        hinges: Hinges,
        inside: impl FnOnce(&mut Self) -> Result<T, Interrupt>,
    ) -> Result<(), Interrupt> {
        if self.program.captured.is_empty() {
            return Ok(());
        }
        let rehearsing = std::mem::replace(&mut self.rehearsing, true);
        let collecting = std::mem::replace(&mut self.collecting, false);
        let (mark, unsupported, noted) = (self.failures.len(), self.unsupported, self.take_noted());
        let result = self.conditionally(Some(hinges), |this| this.repeatedly(true, inside));
        self.failures.truncate(mark);
        self.take_noted();
        self.note_again(noted);
        (self.rehearsing, self.collecting, self.unsupported) = (rehearsing, collecting, unsupported);
        match result {
            Err(Interrupt::Pending(pending)) => Err(Interrupt::Pending(pending)),
            // What goes wrong here goes wrong again where it matters, or may not happen at all.
            _ => Ok(()),
        }
    }
}
