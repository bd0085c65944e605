//! Policies from outside: the commands for whoever writes one, the role that matches one, and the variables that narrow one.

mod bodies;
mod commands;
mod grants;
mod set_off;
mod statements;
mod variables;
