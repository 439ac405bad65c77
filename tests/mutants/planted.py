"""The bugs to plant: where, what stands there and what is put in its place, and who finds it."""

from typing import NamedTuple

CASE = "tests/experiments/test_verify.py::test_case_agrees_with_theory_and_its_twin_does_not"
STORE = "tests/experiments/test_store.py::"
MARKET = "tests/simulation/test_market.py::"
SECOND = "tests/simulation/test_second_provider.py::"
FACTS = "tests/experiments/test_facts.py::"
ORACLE = "tests/bench/test_oracle.py"
RULES = "tests/simulation/test_supply_rules.py::"
CAPITAL = "tests/simulation/test_capital.py::"
SYNDICATE = "tests/simulation/test_syndicate.py::"
LISTING = "tests/simulation/test_listing.py::"
SWEEPS = "experiments/sweeps/"
STORED = "tests/sweeps/test_store_of_sweeps.py::"
TORTURE = "tests/torture/test_torture.py::test_nothing_goes_wrong[{}]"
WATCH = "experiments/watch/"
EXPOSURE = "tests/watch/test_exposure.py::"
HANDS = "tests/watch/test_hands.py::"
KERNEL = "agents/kernels/migrate.py"
PAYMENTS = "agents/kernels/payments.py"
JOINING = "agents/kernels/syndicate.py"
BOOKS = "agents/kernels/settlement.py"
RATIONING = "agents/kernels/rationing.py"
MONEY = f"{CASE}[V17-v17_baseline]"
COMPUTE = f"{CASE}[V18-v18_scarce0]"
DUES = f"{CASE}[V18-v18_scarce1]"
SALES, OWNERS = (f"{CASE}[V17-v17_sales{number}]" for number in range(2))
SOLD, ABSORBED = (f"{CASE}[V18-v17_sales{number}]" for number in range(2))
PRICES = f"{CASE}[V22-v22_prices]"


class Mutant(NamedTuple):
    """One bug: `sound` stands once in `file`; `test` must fail with `planted` in its place."""

    name: str
    file: str
    sound: str
    planted: str
    test: str


MUTANTS = (
    # --- The model ---------------------------------------------------------------------------
    Mutant(
        "peers_counted_twice",
        KERNEL,
        "            one = ONE << ((np.uint64(code) & SEVEN) << THREE)",
        "            one = (ONE + ONE) << ((np.uint64(code) & SEVEN) << THREE)",
        ORACLE,
    ),
    Mutant(
        "networks_kept_whatever_the_seed",
        "agents/kept.py",
        "        key = (function, *map(type, args), *args)",
        "        key = (function, *map(type, args), *args[:-1])",
        "tests/agents/test_kept.py",
    ),
    Mutant(
        "kept_without_end",
        "agents/kept.py",
        "            while self.size > self.most:",
        "            while self.size < 0:",
        "tests/agents/test_kept.py",
    ),
    Mutant(
        "criteria_shared_by_markets",
        "agents/enterprises.py",
        "criteria_weights(settings.criteria, size, seed).copy()",
        "criteria_weights(settings.criteria, size, seed)",
        "tests/agents/test_kept.py",
    ),
    Mutant(
        "developers_leave_for_nothing",
        "agents/kernels/responses.py",
        "                    utility[home] += choosers.more[month, taste, home] + habit",
        "                    utility[home] += choosers.more[month, taste, home]",
        "tests/agents/test_substitution.py",
    ),
    Mutant(
        "all_leave_as_newcomers_do",
        "agents/kernels/tenures.py",
        "        here = cost[when, when - since[cell]]",
        "        here = cost[when, 0]",
        "tests/simulation/test_price_response.py",
    ),
    Mutant(
        "clouds_forget_their_contracts",
        "agents/kernels/clouds.py",
        "max(share[cloud] * capacity - column_sum(contracted, cloud), 0.0)",
        "share[cloud] * capacity",
        "tests/experiments/test_verify.py::test_case_agrees_with_theory_and_its_twin_does_not[V18-v18_scarce1]",
    ),
    Mutant(
        "who_pays_all_owes_a_rounding",
        "simulation/takeover.py",
        "np.maximum(equity.powder[own] - paid, 0.0)",
        "equity.powder[own] - paid",
        "tests/simulation/test_sales.py",
    ),
    Mutant(
        "freed_memory_goes_back",
        "experiments/sweeps/freed_memory.py",
        "        mallopt(TRIM_THRESHOLD, MOST_KEPT)",
        "        mallopt(TRIM_THRESHOLD, 0)",
        "tests/sweeps/test_freed_memory.py",
    ),
    Mutant(
        "any_neighbours_are_brought",
        "agents/kernels/reach.py",
        "            while slot > 0 and rank[first[slot - 1]] > rank[other]:",
        "            while slot > 0 and rank[first[slot - 1]] < rank[other]:",
        "tests/agents/test_sample.py",
    ),
    Mutant(
        "neighbours_of_this_month",
        KERNEL,
        "choice, seen, second = crowd.choice, crowd.seen, crowd.second",
        "choice, seen, second = crowd.choice, crowd.choice, crowd.second",
        ORACLE,
    ),
    Mutant(
        "inverse_cdf_for_the_race",
        KERNEL,
        "                weight = new[kind_of_taste, slot] * factors[slot]\n"
        "                scores[slot] = weight * arrival[lots[slot] >> SHIFT_48]\n",
        "                below = 0.0\n"
        "                for rival in range(slot + 1):\n"
        "                    below += new[kind_of_taste, rival] * factors[rival]\n"
        "                drawn = np.float64(mix(key) >> SHIFT_40) / WAKE_SCALE * len(options)\n"
        "                scores[slot] = 2.0 - below / 1e6 if below >= drawn else 1e-9\n",
        MARKET + "test_an_entrant_takes_its_customers_and_reshuffles_nobody",
    ),
    Mutant(
        "tenure_not_reset",
        KERNEL,
        "            choice[agent] = target\n            since[agent] = month",
        "            choice[agent] = target",
        SECOND + "test_a_promoted_provider_starts_with_no_tenure",
    ),
    Mutant(
        "nest_left_out",
        "simulation/phases/migrate.py",
        "nested = offers.nested[segment] if lam < 1.0 else np.zeros(CODES, np.uint8)",
        "nested = np.zeros(CODES, np.uint8)",
        f"{CASE}[V1-v01_nest]",
    ),
    Mutant(
        "promotion_is_a_trial",
        KERNEL,
        "            elif target == other:",
        "            elif target == other and coin >> SHIFT_40 >= trial:",
        SECOND + "test_every_move_follows_the_rule_and_its_coins_are_fair",
    ),
    Mutant(
        "dead_second_provider_kept",
        "simulation/phases/migrate.py",
        "dead = (totals.seconds > 0) > live",
        "dead = (totals.seconds > 0) > (totals.seconds > 0)",
        SECOND + "test_a_second_provider_that_dies_is_dropped_and_a_first_one_is_never_kept",
    ),
    Mutant(
        "users_of_the_dead_stay",
        "agents/kernels/weights.py",
        "hazard = outside if code == NONE else 1.0",
        "hazard = outside if code == NONE else 0.0",
        MARKET + "test_users_of_a_provider_that_leaves_go_elsewhere_at_once",
    ),
    Mutant(
        "price_clause_upwards",
        "agents/equations/procurement.py",
        "np.fmin(contract, offered)",
        "np.fmax(contract, offered)",
        "tests/agents/test_equations.py::test_contract_prices_follow_the_list_down_but_never_up",
    ),
    Mutant(
        "best_offer_not_subtracted",
        "agents/equations/procurement.py",
        "z: Array = (value - best) / scale",
        "z: Array = value / best",
        "tests/agents/test_equations.py::test_criteria_are_measured_from_the_best",
    ),
    Mutant(
        "incumbent_not_on_the_list",
        "agents/kernels/tender.py",
        "is_allowed and (is_seen or place == own)",
        "is_allowed and is_seen",
        ORACLE,
    ),
    Mutant(
        "flow_without_its_lag",
        "simulation/flows.py",
        "sums[flow, VERSION] += movers * lag",
        "sums[flow, VERSION] += 0.0 * lag",
        MARKET + "test_the_terms_of_a_flow_are_its_utility_difference",
    ),
    Mutant(
        "openness_before_monopoly",
        "simulation/metrics/regime.py",
        '{"monopoly": held > MONOPOLY_ABOVE, "open": np.asarray(index) > OPEN_ABOVE}',
        '{"open": np.asarray(index) > OPEN_ABOVE, "monopoly": held > MONOPOLY_ABOVE}',
        "tests/simulation/test_regime.py::"
        "test_regimes_are_tested_in_order_and_thresholds_are_not_above_themselves",
    ),
    # --- The supply side ---------------------------------------------------------------------
    Mutant(
        "dues_paid_twice",
        PAYMENTS,
        "ahead.paid[code] += dues[code]",
        "ahead.paid[code] += 2.0 * dues[code]",
        DUES,
    ),
    Mutant(
        "credits_not_used_up",
        BOOKS,
        "            labs.credits[code, cloud] -= used_up\n",
        "",
        MONEY,
    ),
    Mutant(
        "arrears_lost",
        BOOKS,
        "labs.owed[code, cloud] = (1.0 - settled) * spot[cloud]",
        "labs.owed[code, cloud] = 0.0 * spot[cloud]",
        f"{CASE}[V17-v17_hardship]",
    ),
    Mutant(
        "parent_booked_twice",
        BOOKS,
        "labs.paid_in[code] += covered[code]",
        "labs.paid_in[code] += 2.0 * covered[code]",
        MONEY,
    ),
    Mutant(
        "revenue_share_of_gross_profit",
        BOOKS,
        "partner[code] = labs.revenue_shared[code] * earned",
        "partner[code] = labs.revenue_shared[code] * max(labs.gross_profit[code], 0.0)",
        MONEY,
    ),
    Mutant(
        "no_chips_for_what_credits_buy",
        PAYMENTS,
        "terms.chip_share * received(money, CODES + cloud)",
        "terms.chip_share * (received(money, CODES + cloud) - column_sum(by_credit, cloud))",
        MONEY,
    ),
    Mutant(
        "pressure_of_the_year_that_was_begun",
        "simulation/settlement.py",
        "compute.due[month + 1 : month + 1 + YEAR]",
        "compute.due[month : month + YEAR]",
        MONEY,
    ),
    Mutant(
        "write_off_forgotten",
        "simulation/exit.py",
        "compute.written_off[code] += coming + float(labs.deferred[code].sum())",
        "compute.written_off[code] += float(labs.deferred[code].sum())",
        DUES,
    ),
    Mutant(
        "put_off_by_a_month_less",
        "agents/supplier.py",
        "last = max(int(latest[cloud]), first + terms.months)",
        "last = max(int(latest[cloud]) - 1, first + terms.months)",
        SOLD,
    ),
    Mutant(
        "fee_not_asked_for",
        "agents/supplier.py",
        "(1.0 + terms.fee) * by_cloud[cloud] / (last - first)\n"
        "            self.until = max(self.until, last)\n"
        "        whole = float(by_cloud.sum())\n"
        "        self.signed[provider] += terms.fee * whole\n",
        "by_cloud[cloud] / (last - first)\n"
        "            self.until = max(self.until, last)\n"
        "        whole = float(by_cloud.sum())\n",
        SOLD,
    ),
    Mutant(
        "price_of_a_merger_paid_in",
        "simulation/merger.py",
        "    labs.retained[buyer] -= price\n",
        "    labs.paid_in[buyer] -= price\n",
        SALES,
    ),
    Mutant(
        "brand_kept_in_part_of_a_part",
        "simulation/merger.py",
        "kept = market.config.distress.brand_kept * labs.brand[:, code]",
        "kept = market.config.distress.brand_kept**2 * labs.brand[:, code]",
        ABSORBED,
    ),
    Mutant(
        "second_sources_left_behind",
        "simulation/merger.py",
        "    firms.second[firms.second == code] = buyer\n",
        "",
        ABSORBED,
    ),
    Mutant(
        "spending_of_the_last_month_forgotten",
        "simulation/exit.py",
        "    labs.sells[:, code] = False\n",
        "    labs.sells[:, code] = False\n    labs.spending[:, code] = 0.0\n",
        SALES,
    ),
    Mutant(
        "ticket_of_a_buyer_out_of_what_is_overdue",
        "simulation/takeover.py",
        "max(powder - float(labs.arrears[code]), 0.0)",
        "powder",
        "tests/experiments/test_verify_sales.py::test_what_is_counted_holds_in_odd_markets",
    ),
    Mutant(
        "founders_paid_for_all",
        "simulation/takeover.py",
        "due = price * np.maximum(equity.stakes[code], 0.0)",
        "due = price * np.eye(1, equity.stakes.shape[1], equity.stakes.shape[1] + FOUNDERS)[0]",
        OWNERS,
    ),
    Mutant(
        "exit_a_month_early",
        "simulation/exit.py",
        "labs.overdue >= market.config.finance.grace",
        "labs.overdue + 1.0 >= market.config.finance.grace",
        f"{CASE}[V15-v15_runway]",
    ),
    Mutant(
        "overdue_months_in_all",
        "agents/kernels/distress.py",
        "overdue[code] + 1.0 if is_short else 0.0",
        "overdue[code] + 1.0 if is_short else overdue[code]",
        RULES + "test_who_recovers_begins_to_count_anew",
    ),
    Mutant(
        "more_served_than_there_is",
        "agents/equations/compute_market.py",
        "max(capacity - contracted, 0.0) / demand",
        "capacity / demand",
        COMPUTE,
    ),
    Mutant(
        "research_before_users",
        RATIONING,
        "first[code] = min(inference[code], got)",
        "first[code] = max(got - wanted.ordered[code], 0.0)",
        COMPUTE,
    ),
    Mutant(
        "idle_contracts_resold",
        RATIONING,
        "(whole(idle) if sublets else 0.0)",
        "whole(idle)",
        COMPUTE,
    ),
    Mutant(
        "export_cap_ignored",
        RATIONING,
        "export_cap * capacity if wanted.restricted[code] else np.inf",
        "np.inf",
        COMPUTE,
    ),
    Mutant(
        "deals_beyond_free_capacity",
        "simulation/contracts.py",
        "capacity = min(deal.capacity, free[supplier])",
        "capacity = deal.capacity",
        DUES,
    ),
    Mutant(
        "rent_of_this_months_capacity",
        "simulation/phases/compute_market.py",
        "tightness = compute.demand / compute.capacity if",
        "now = compute.installed * capacity_factor(market.config, month)\n"
        "        tightness = compute.demand / now if",
        f"{CASE}[V14-v14_rent]",
    ),
    Mutant(
        "cost_of_what_a_shock_leaves",
        "simulation/phases/compute_market.py",
        "        compute.installed, settings.capacity, settings.hardware_cost",
        "        compute.capacity, settings.capacity, settings.hardware_cost",
        f"{CASE}[V14-v14_wright]",
    ),
    Mutant(
        "markup_on_discounted_cost",
        "simulation/shelf.py",
        "        market_rent(market),\n",
        "        market_rent(market) * market.roster.means.own_chips,\n",
        PRICES,
    ),
    Mutant(
        "cap_of_the_wrong_segment",
        "agents/kernels/shelf.py",
        "best_open = opened.capability[OPEN_TO[segment]]",
        "best_open = opened.capability[1 - OPEN_TO[segment]]",
        PRICES,
    ),
    Mutant(
        "what_the_departed_knew_leaks",
        "agents/kernels/research.py",
        "trained = best_of(labs.efficiency, labs.active)",
        "trained = labs.efficiency.max()",
        RULES + "test_nothing_leaks_from_a_provider_that_has_left",
    ),
    Mutant(
        "pause_counts_as_training",
        RATIONING,
        "runs.run_age[code] += running",
        "runs.run_age[code] += runs.active[code]",
        f"{CASE}[V12-v12_training1]",
    ),
    Mutant(
        "cash_of_a_payment_unchecked",
        "agents/kernels/money_checks.py",
        "apart[CASH, code] = books.cash[code] - balance[code]",
        "apart[CASH, code] = 0.0",
        "tests/simulation/test_ledger.py::"
        "test_a_payment_that_nobody_owes_is_found_in_the_month_in_which_it_is_made",
    ),
    # --- Random numbers and identity ---------------------------------------------------------
    Mutant(
        "key_without_seed",
        "agents/draws.py",
        "return Key(below(Key(seed), name_key(name))[0])",
        "return Key(below(Key(0), name_key(name))[0])",
        MARKET + "test_the_same_config_gives_the_same_bytes_and_another_seed_does_not",
    ),
    Mutant(
        "luck_keyed_by_position",
        "simulation/market.py",
        "return keys_of(self.entrants.labels)",
        "return np.arange(len(self.entrants.labels), dtype=np.uint64)",
        "tests/bench/test_oracle.py",
    ),
    Mutant(
        "stale_cache",
        "agents/version.py",
        'digest.update(path.read_bytes() + b"\\0")',
        'digest.update(b"\\0")',
        "tests/agents/test_compiled.py::test_an_edit_of_a_leaf_in_another_file_changes_the_result",
    ),
    Mutant(
        "any_dtype_is_read",
        "agents/borrowed.py",
        "is_equal(read(builder, dtype, NUMBER, INT), INT(as_dtype(typ.dtype).num))",
        "cgutils.true_bit",
        "tests/agents/test_borrowed.py",
    ),
    Mutant(
        "any_layout_is_read",
        "agents/borrowed.py",
        'layout: int = {"C": C_ORDER, "F": FORTRAN_ORDER, "A": 0}[typ.layout]',
        "layout = 0",
        "tests/agents/test_borrowed.py",
    ),
    Mutant(
        "locked_arrays_are_written",
        "agents/borrowed.py",
        " | WRITEABLE * bool(typ.mutable)",
        "",
        "tests/agents/test_borrowed.py",
    ),
    Mutant(
        "tallies_of_a_block_lost",
        "simulation/phases/migrate.py",
        "    for tally in tallies:",
        "    for tally in tallies[1:]:",
        MARKET + "test_threads_and_blocks_do_not_change_a_byte",
    ),
    # --- Saved states ------------------------------------------------------------------------
    Mutant(
        "state_array_left_out",
        "simulation/state.py",
        "        if name not in rebuilt and (name not in of_mesa or is_data(held))",
        '        if name not in (*rebuilt, "walk") and (name not in of_mesa or is_data(held))',
        "tests/simulation/test_checkpoint.py::"
        "test_a_run_stopped_after_every_month_ends_in_the_same_bytes",
    ),
    Mutant(
        "damaged_state_trusted",
        "simulation/checkpoint.py",
        "    if digest_of([head, memory[start:]]) != content[HEAD.size : start]:",
        "    if digest_of([head]) == content[HEAD.size : start]:",
        "tests/simulation/test_checkpoint.py::test_no_damage_goes_unnoticed",
    ),
    Mutant(
        "another_version_goes_on",
        "simulation/checkpoint.py",
        "    if found.version != model_version():",
        "    if not found.version:",
        "tests/simulation/test_checkpoint.py::"
        "test_another_version_of_the_model_is_refused_and_both_are_named",
    ),
    # --- The books ---------------------------------------------------------------------------
    Mutant(
        "app_tokens_billed_twice",
        "agents/kernels/app_bills.py",
        "            tokens[part, code] = absorbed",
        "            tokens[part, code] = absorbed + bills.app_demanded[part, code]",
        "tests/simulation/test_apps.py::test_tables_agree_with_each_other",
    ),
    Mutant(
        "cohorts_unchecked",
        "agents/kernels/accounts.py",
        "kept[COHORTS, code] += totals.cohort[month, code]",
        "kept[COHORTS, code] = 0",
        MARKET + "test_a_lost_cohort_is_noticed",
    ),
    Mutant(
        "second_accounts_unchecked",
        "agents/kernels/accounts.py",
        "seconds[code] -= totals.seconds[code]",
        "seconds[code] = 0",
        SECOND + "test_a_lost_second_provider_breaks_an_identity",
    ),
    # --- Capital -----------------------------------------------------------------------------
    Mutant(
        "investors_follow_everybody",
        JOINING,
        "        herd = known / degree[one] if degree[one] > 0.0 else 0.0",
        "        herd = members / size",
        SYNDICATE + "test_herding_follows_ties_alone",
    ),
    Mutant(
        "lead_by_powder_alone",
        JOINING,
        "(backers.powder[one] * (1.0 + degree[one]))",
        "backers.powder[one]",
        SYNDICATE + "test_the_lead_is_drawn_by_powder_and_degree",
    ),
    Mutant(
        "declined_candidates_asked_again",
        JOINING,
        "    later, members = candidates[asked:count], 1\n",
        "    later, members = candidates[candidates != found[0]][: count - 1], 1\n",
        SYNDICATE + "test_a_candidate_who_declines_to_lead_is_not_asked_again",
    ),
    Mutant(
        "own_provider_is_a_rival",
        JOINING,
        " and code != sought.code and",
        " and",
        SYNDICATE + "test_a_stake_in_a_leading_rival_keeps_away_who_minds",
    ),
    Mutant(
        "luck_by_place_of_the_investor",
        "simulation/syndicate.py",
        "keys_of(equity.names)",
        "np.arange(len(equity.names)).astype(np.uint64)",
        SYNDICATE + "test_the_order_of_investors_in_the_config_moves_nothing",
    ),
    Mutant(
        "founders_not_diluted",
        "agents/investor.py",
        "self.stakes[code] = (1.0 - share) * self.stakes[code] + share * parts",
        "self.stakes[code, :-2] = (1.0 - share) * self.stakes[code, :-2] + (share * parts)[:-2]",
        f"{CASE}[V16-v16_limit]",
    ),
    Mutant(
        "sold_over_the_value_before",
        "simulation/rounds.py",
        "    sold = amount / post_money\n",
        "    sold = amount / closed.pre_money\n",
        f"{CASE}[V16-v16_tickets]",
    ),
    Mutant(
        "powder_kept_for_credits",
        PAYMENTS,
        "max(powder - ticket, 0.0)",
        "max(powder - 0.5 * ticket, 0.0)",
        f"{CASE}[V17-v17_baseline]",
    ),
    Mutant(
        "commitments_forgotten",
        "simulation/rounds.py",
        "dues = market.config.investment.commitment * ticket",
        "dues = 0.5 * market.config.investment.commitment * ticket",
        DUES,
    ),
    Mutant(
        "rounds_without_a_rest",
        "agents/kernels/funding.py",
        "month - seekers.last_round[code] >= rules.interval",
        "month - seekers.last_round[code] > rules.interval",
        CAPITAL + "test_who_raises",
    ),
    Mutant(
        "inflow_of_a_usual_mood",
        "simulation/phases/capital.py",
        "    inflow *= equity.sentiment\n",
        "",
        CAPITAL + "test_sentiment_goes_to_the_level_of_a_shock_and_comes_back",
    ),
    Mutant(
        "venture_funds_give_their_shares_away",
        "simulation/listing.py",
        "    equity.powder[sellers] += shares * post_money\n",
        "",
        LISTING + "test_a_listing_sells_new_shares_and_those_of_venture_funds",
    ),
    Mutant(
        "a_fall_costs_every_month",
        "simulation/listing.py",
        "        equity.mark[code] = np.nan\n",
        "",
        LISTING + "test_a_fall_below_half_costs_sentiment_once",
    ),
    # --- Files -------------------------------------------------------------------------------
    Mutant(
        "file_not_synced",
        "experiments/whole_files.py",
        "                os.fsync(file.fileno())\n",
        "",
        STORE + "test_the_file_is_on_the_disk_before_it_gets_its_name",
    ),
    Mutant(
        "folder_not_synced",
        "experiments/whole_files.py",
        "        sync_folder(path.parent)\n",
        "",
        STORE + "test_the_file_is_on_the_disk_before_it_gets_its_name",
    ),
    Mutant(
        "written_in_place",
        "experiments/whole_files.py",
        "    partial = path.with_name(partial_name(path.name))",
        "    partial = path",
        STORE + "test_a_killed_writer_leaves_no_torn_file",
    ),
    Mutant(
        "finished_before_the_tables",
        "experiments/run.py",
        "    for name in records.tables:\n",
        "    directory.record(status=FINISHED, ended=now(), sha256={})\n"
        "    for name in records.tables:\n",
        "tests/torture/test_torture.py::test_nothing_goes_wrong[full_disk]",
    ),
    Mutant(
        "lock_not_held",
        "experiments/store.py",
        "fcntl.LOCK_EX | fcntl.LOCK_NB",
        "fcntl.LOCK_SH | fcntl.LOCK_NB",
        STORE + "test_of_several_processes_at_once_exactly_one_gets_the_directory",
    ),
    # --- Facts and ensembles -----------------------------------------------------------------
    Mutant(
        "release_cohorts_without_strata",
        "experiments/facts/f09_loyalty.py",
        "    quarters = strata(here, rows.tenure // QUARTER)\n",
        "    quarters = rows.tenure\n",
        FACTS + "test_a_provider_that_releases_often_and_loses_many_does_not_hide_release_cohorts",
    ),
    Mutant(
        "what_was_seen_is_scored",
        "experiments/scoring.py",
        'or (CALIBRATION if sources else "")',
        'or ""',
        "tests/experiments/test_scoring.py::"
        "test_facts_outside_miss_unless_a_parameter_has_seen_them",
    ),
    Mutant(
        "processes_left_behind",
        "experiments/processes.py",
        "    threading.Thread(target=end_after_parent, daemon=True).start()\n",
        "",
        "tests/experiments/test_processes.py::"
        "test_processes_end_with_the_one_that_started_them[SIGKILL]",
    ),
    # --- Sweeps ------------------------------------------------------------------------------
    Mutant(
        "run_done_twice_replaces_the_first",
        f"{SWEEPS}ledger.py",
        'f"INSERT OR IGNORE INTO runs',
        'f"INSERT OR REPLACE INTO runs',
        "tests/sweeps/test_ledger.py::test_run_that_is_done_twice_stands_once_as_it_first_was",
    ),
    Mutant(
        "rows_read_without_their_checksum",
        f"{SWEEPS}ledger.py",
        "            if checksum(row[:-1]) != row[-1]:",
        "            if not row[-1]:",
        "tests/sweeps/test_ledger.py::test_changed_row_is_found",
    ),
    Mutant(
        "damaged_rows_are_kept",
        f"{SWEEPS}repair.py",
        "        if checksum(row[:-1]) != row[-1]:",
        "        if not row[-1]:",
        STORED + "test_damaged_row_is_run_again_and_the_others_kept",
    ),
    Mutant(
        "shard_is_done_if_its_file_exists",
        f"{SWEEPS}repair.py",
        "        elif not found or found != now:",
        "        elif not found:",
        STORED + "test_damaged_shard_is_made_again",
    ),
    Mutant(
        "shards_of_any_sweep_are_trusted",
        f"{SWEEPS}repair.py",
        '        if origin_of(path / FOLDER / f"{stem}.parquet") != kept.origin:',
        '        if not origin_of(path / FOLDER / f"{stem}.parquet"):',
        STORED + "test_shards_of_another_sweep_are_not_trusted",
    ),
    Mutant(
        "bytes_leave_the_ledger_before_the_shard_is_full",
        f"{SWEEPS}keeping.py",
        "        for job, result in new:",
        "        with self.ledger.database as base:\n"
        '            base.execute("DELETE FROM tables")\n'
        "        for job, result in new:",
        STORED + "test_bytes_do_not_depend_on_order_or_interruptions",
    ),
    Mutant(
        "deaths_not_counted",
        f"{SWEEPS}engine.py",
        "        if self.deaths.get(job.number, 0) < DEATHS:",
        "        if self.deaths.get(job.number, 0) < 100 * DEATHS:",
        "tests/sweeps/test_engine.py::test_bad_runs_fail_with_their_reason_and_the_others_finish",
    ),
    Mutant(
        "watchdog_asleep",
        f"{SWEEPS}in_worker.py",
        "                os._exit(ENDED_BY_WATCHDOG)",
        "                continue",
        "tests/sweeps/test_engine.py::test_bad_runs_fail_with_their_reason_and_the_others_finish",
    ),
    Mutant(
        "dead_workers_not_replaced",
        f"{SWEEPS}local.py",
        "    if len(cluster.workers) < workers:",
        "    if len(cluster.workers) > workers:",
        "tests/sweeps/test_local.py::test_worker_that_dies_while_it_starts_is_replaced",
    ),
    Mutant(
        "any_format_of_a_manifest_is_read",
        f"{SWEEPS}directory.py",
        '    refuse_format(path / MANIFEST, str(entries.get("format_version")))\n',
        "",
        TORTURE.format("older_sweeps"),
    ),
    Mutant(
        "any_format_of_a_ledger_is_read",
        f"{SWEEPS}ledger.py",
        '            refuse_format(self.path, self.notes().get("format_version", '
        "str(FORMAT_VERSION)))\n",
        "            self.notes()\n",
        TORTURE.format("older_sweeps"),
    ),
    Mutant(
        "files_of_a_sweep_are_not_checked",
        f"{SWEEPS}study.py",
        "        if not there or (known is not None and sha256_of(path / name) != known):",
        "        if not there:",
        "tests/sweeps/test_sweep_command.py::test_changed_file_of_a_sweep_is_refused",
    ),
    Mutant(
        "full_disk_is_a_bug",
        f"{SWEEPS}databases.py",
        '        raise StoreError(f"{path}: {reason(code, str(failure), path, need)}") '
        "from failure",
        "        raise",
        TORTURE.format("full_sweeps"),
    ),
    Mutant(
        "sweep_directory_lost_unnoticed",
        f"{SWEEPS}keeping.py",
        "        self.directory.refuse_if_lost()\n",
        "",
        STORED + "test_vanished_directory_is_said",
    ),
    # --- The watched page --------------------------------------------------------------------
    Mutant(
        "foreign_hosts_are_served",
        f"{WATCH}guard.py",
        '        if headers.get("host", "").lower() not in self.hosts:',
        '        if "host" not in headers:',
        EXPOSURE + "test_a_foreign_host_is_refused",
    ),
    Mutant(
        "foreign_origins_are_served",
        f"{WATCH}guard.py",
        "        if origin is not None and origin.lower() not in self.origins:",
        '        if origin == "":',
        EXPOSURE + "test_a_socket_of_a_foreign_page_is_refused",
    ),
    Mutant(
        "any_token_is_right",
        f"{WATCH}guard.py",
        'return "" if secrets.compare_digest(given.encode(), self.token.encode()) else "no token"',
        'return "" if given else "no token"',
        EXPOSURE + "test_without_the_token_nothing_is_served",
    ),
    Mutant(
        "page_may_talk_to_anybody",
        f"{WATCH}guard.py",
        "connect-src 'self'",
        "connect-src *",
        EXPOSURE + "test_the_page_is_kept_to_its_own_server",
    ),
    Mutant(
        "watched_by_the_whole_network",
        f"{WATCH}server.py",
        'LOOPBACK = "127.0.0.1"',
        'LOOPBACK = "0.0.0.0"',
        EXPOSURE + "test_it_listens_on_loopback_only",
    ),
    Mutant(
        "commands_of_any_length",
        f"{WATCH}server.py",
        "        ws_max_size=protocol.LONGEST_COMMAND,",
        "        ws_max_size=1_000_000_000,",
        EXPOSURE + "test_what_is_no_command_closes_the_socket",
    ),
    Mutant(
        "any_number_of_pages",
        f"{WATCH}server.py",
        "MOST_SESSIONS, MOST_SOCKETS = 8, 64",
        "MOST_SESSIONS, MOST_SOCKETS = 800, 6400",
        EXPOSURE + "test_two_hundred_sockets_are_bounded_with_a_reason",
    ),
    Mutant(
        "frames_are_not_acknowledged",
        f"{WATCH}connection.py",
        "                    self.acked.clear()\n",
        "",
        EXPOSURE + "test_a_slow_reader_gets_one_frame_and_costs_no_memory",
    ),
    Mutant(
        "pages_that_sleep_are_waited_for",
        f"{WATCH}server.py",
        "PING, PONG = 2.0, 2.5",
        "PING, PONG = 2000.0, 2500.0",
        EXPOSURE + "test_a_page_that_does_not_answer_is_let_go",
    ),
    Mutant(
        "sessions_are_never_freed",
        f"{WATCH}server.py",
        "            self.sessions.discard(session)\n",
        "            pass\n",
        HANDS + "test_tabs_that_crash_or_are_closed_leave_nothing_behind",
    ),
    Mutant(
        "markets_of_closed_tabs_go_on",
        f"{WATCH}session.py",
        "            while not self.closed.is_set():\n                self.turn()",
        "            while True:\n                self.turn()",
        HANDS + "test_tabs_that_crash_or_are_closed_leave_nothing_behind",
    ),
    Mutant(
        "two_tabs_share_a_market",
        f"{WATCH}ready.py",
        "        self.taken = True\n",
        "",
        "tests/watch/test_page.py::test_two_tabs_are_two_markets",
    ),
    Mutant(
        "sigterm_is_not_heard",
        f"{WATCH}server.py",
        "{number: signal.signal(number, self.note) for number in CAUGHT}",
        "{number: signal.signal(number, signal.SIG_IGN) for number in CAUGHT}",
        "tests/watch/test_page.py::test_sigterm_ends_it_with_a_page_that_plays",
    ),
    Mutant(
        "page_asks_another_host",
        f"{WATCH}page/index.html",
        '<link rel="stylesheet" href="style.css">',
        '<link rel="stylesheet" href="style.css">\n'
        '<link rel="stylesheet" href="https://example.org/font.css">',
        "tests/watch/test_page.py::test_it_opens_before_the_first_month",
    ),
    Mutant(
        "typed_letters_are_shortcuts",
        f"{WATCH}page/shortcut.js",
        "return !isTyped && !document",
        "return !document",
        HANDS + "test_what_is_typed_happens_and_is_no_shortcut",
    ),
    Mutant(
        "late_stories_take_over",
        f"{WATCH}page/app.js",
        '  if (!isWanted("story")) return;\n',
        "",
        HANDS + "test_a_story_that_comes_late_does_not_take_the_place_of_another_drawer",
    ),
    Mutant(
        "former_markets_stay_in_memory",
        f"{WATCH}side.py",
        "            let_go(self.market)",
        "            pass",
        "tests/watch/test_session.py::test_a_reset_frees_the_market_before",
    ),
    Mutant(
        "a_market_never_ends",
        "simulation/market.py",
        "        self.running = self.month < self.origin.months\n",
        "",
        "tests/simulation/test_mesa_contract.py::test_run_model_ends",
    ),
    # --- Input -------------------------------------------------------------------------------
    Mutant(
        "any_file_may_be_extended",
        "simulation/config_layers.py",
        "roots = [CHECKOUT.resolve(), Path.cwd().resolve(), *further]",
        'roots = [Path("/")]',
        "tests/simulation/test_config_layers.py::test_a_link_that_leads_outside_is_refused",
    ),
    Mutant(
        "keys_given_twice",
        "simulation/yaml_text.py",
        "        if name in holder:",
        "        if name in holder and not holder:",
        "tests/simulation/test_yaml_text.py::test_text_is_refused_with_its_place",
    ),
)
