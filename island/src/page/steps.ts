// A slider over steps (removals of a group): figures, the chosen row and the chart's cursor follow it. Without a
// script the page shows all steps in its table.
//   <input type="range" data-steps="dism">                    the slider; its value is the index of a step
//   <script type="application/json" id="dism">[{"part": "12 of 38", "harm": "40%"}, ...]</script>
//   <span data-step-show="dism:part">                         gets the text of the step
//   <tr data-step-row="dism:3">                               is marked when step 3 is chosen
//   <input ... data-cursor="chart-id">                        moves the dataset "cursor" of that chart (charts.ts)
export function startSteps(): void {
  for (const slider of document.querySelectorAll<HTMLInputElement>('input[data-steps]')) {
    const name = slider.dataset.steps ?? '';
    const steps = JSON.parse(document.getElementById(name)?.textContent ?? '[]') as Record<string, string | number>[];
    const follow = () => {
      const step = steps[Number(slider.value)];
      if (!step) return;
      for (const place of document.querySelectorAll<HTMLElement>(`[data-step-show^="${CSS.escape(name)}:"]`)) {
        place.textContent = String(step[place.dataset.stepShow?.split(':')[1] ?? ''] ?? '');
      }
      for (const row of document.querySelectorAll<HTMLElement>(`[data-step-row^="${CSS.escape(name)}:"]`)) {
        const on = row.dataset.stepRow === `${name}:${slider.value}`;
        row.classList.toggle('is-sel', on);
        if (on) row.setAttribute('aria-current', 'true');
        else row.removeAttribute('aria-current');
      }
    };
    slider.addEventListener('input', follow);
    follow();
  }
}
