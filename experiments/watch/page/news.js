// What months brought that is no row of numbers: rounds, new owners, and who is left of each cohort.

export class News {
  constructor() {
    this.forget();
  }

  forget() {
    this.owners = new Map(); // by provider: [{month, stakes}], oldest first
    this.rounds = [];
    this.cohorts = []; // by month: agents by the month in which they chose
  }

  take(news, first) {
    for (const { month, provider, stakes } of news.owners) {
      if (!this.owners.has(provider)) this.owners.set(provider, []);
      this.owners.get(provider).push({ month, stakes });
    }
    this.rounds.push(...news.rounds);
    news.cohorts.forEach((sizes, at) => { this.cohorts[first + at] = sizes; });
  }

  // Holders and their shares at the end of a month: the latest cap table until then.
  stakes(provider, month) {
    return (this.owners.get(provider) ?? []).findLast((each) => each.month <= month)?.stakes ?? [];
  }

  roundsOf(provider, month) {
    return this.rounds.filter((each) => each.provider === provider && each.month <= month);
  }
}
