// A risk tool is counted by the server too: this shows the count while it is being filled.
// [data-risk-tool] holds the questions; [data-points] is on each answer; [data-high] and [data-medium] on the
// tool say from how many points a result is high or medium. The count goes into [data-risk-count].
function counted(tool) {
  const questions = new Map();
  for (const answer of tool.querySelectorAll("input[data-points]")) {
    if (!questions.has(answer.name)) questions.set(answer.name, { most: 0, chosen: null });
    const question = questions.get(answer.name);
    question.most = Math.max(question.most, Number(answer.dataset.points));
    if (answer.checked) question.chosen = answer;
  }
  const all = [...questions.values()];
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  return {
    points: sum(all.map(({ chosen }) => Number(chosen?.dataset.points ?? 0))),
    highest: sum(all.map(({ most }) => most)),
    left: all.filter(({ chosen }) => !chosen).length,
    unknown: all.filter(({ chosen }) => chosen?.value === "dont know").length,
  };
}

function words(tool, { points, highest, left, unknown }) {
  const said = [`${points} of ${highest}`];
  if (left) said.push(`${left} left to answer`);
  if (unknown) said.push(`${unknown} not known`);
  const { high, medium } = tool.dataset;
  if (!high) return said.join(", ");
  if (!medium) return `${said.join(", ")}. High risk from ${high}.`;
  const level = points >= Number(high) ? "high" : points >= Number(medium) ? "medium" : "standard";
  return `${said.join(", ")}. So far this counts as ${level} risk; high risk from ${high}.`;
}

for (const tool of document.querySelectorAll("[data-risk-tool]")) {
  let box = tool.querySelector("[data-risk-count]");
  if (!box) {
    box = document.createElement("p");
    box.className = "govuk-body app-risk-count";
    tool.append(box);
  }
  box.setAttribute("aria-live", "polite");
  const show = () => {
    const said = words(tool, counted(tool));
    if (box.textContent !== said) box.textContent = said;
  };
  tool.addEventListener("change", show);
  show();
}
